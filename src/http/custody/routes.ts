import type Router from '@koa/router';
import { listTransfersOf, type StoredTransfer } from '../../db/custody/chain-transfers.ts';
import { formatDecimal, parseDecimal } from '../../domain/money.ts';
import { isoTime } from '../../domain/views.ts';
import type { Gateway } from '../gateway.ts';
import { audited } from '../middleware/audited.ts';
import { validate } from '../middleware/validate.ts';
import { sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import { ListDeposits, MakeDepositAddress, SetWay } from './schema.ts';

export function custodyRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, custody, exchange, pool } = gateway;

  router.get('/v1/networks', async (ctx) => {
    ctx.body = { networks: await custody.networks() };
  });

  router.post('/v1/deposit-addresses', authentication.session, validate(MakeDepositAddress), async (ctx) => {
    const { asset, network } = ctx.state.input.body;
    const address = await custody.depositAddress(ctx.state.claims.accountId, asset, network);
    if (!address.ok) return sendRefusal(ctx, address.refusal);
    ctx.body = address.value;
  });

  router.get('/v1/deposits', authentication.allow('read'), validate(ListDeposits), async (ctx) => {
    const { limit, cursor } = ctx.state.input.query;
    const { accountId } = ctx.state.claims;
    const found = await listTransfersOf(pool, accountId, { beforeNo: cursor, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(found, limit, ({ transferNo }) => transferNo);
    ctx.body = { items: await Promise.all(rows.map(present)), nextCursor };
  });

  router.put(
    '/v1/admin/networks/:network/assets/:asset',
    authentication.operator('withdrawals.manage'),
    validate(SetWay),
    audited(gateway, 'operator.set_asset_network'),
    async (ctx) => {
      const { params, body } = ctx.state.input;
      const way = await custody.setWay(params.asset, params.network, body);
      if (!way.ok) return sendRefusal(ctx, way.refusal);
      ctx.body = way.value;
    },
  );

  router.get('/v1/admin/reconciliation', authentication.operator('custody.read'), (ctx) => {
    const latest = custody.reconciliation();
    ctx.body =
      latest === undefined
        ? { at: null, ok: true, assets: [] }
        : { at: isoTime(latest.atMs), ok: latest.ok, assets: latest.assets };
  });

  async function present(transfer: StoredTransfer) {
    const { network, txId, outputIndex, height, assetId, amountMinor, creditedAtMs } = transfer;
    const asset = exchange.catalog().assetById(assetId)!;
    const depth = custody.depth(network);
    return {
      id: `${network}:${txId}:${outputIndex}`,
      asset: asset.symbol,
      network,
      amount: formatDecimal(amountMinor, asset.scale),
      address: transfer.address,
      txId,
      confirmations:
        depth === undefined || height === null ? null : Math.max(1, depth.tipHeight - height + 1),
      requiredConfirmations: depth?.confirmations ?? null,
      status: await statusOf(transfer),
      detectedAt: isoTime(transfer.detectedAtMs),
      creditedAt: creditedAtMs === null ? null : isoTime(creditedAtMs),
    };
  }

  async function statusOf({ creditedAtMs, height, assetId, amountMinor, network }: StoredTransfer) {
    if (creditedAtMs !== null) return 'credited';
    if (height === null) return 'orphaned';
    const asset = exchange.catalog().assetById(assetId)!;
    const way = await custody.way(asset.symbol, network);
    const least = way.ok ? parseDecimal(way.value.minDeposit, asset.scale) : way;
    return least.ok && amountMinor < least.value ? 'below_minimum' : 'pending';
  }
}
