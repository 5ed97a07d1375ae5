import type Router from '@koa/router';
import { listTradesOfAccount } from '../../db/fills-read.ts';
import { loadPositions } from '../../db/positions.ts';
import { listEntries } from '../../db/postings-read.ts';
import { listPreventions } from '../../db/prevented-matches.ts';
import { listTrades } from '../../db/trades-read.ts';
import { listWallets } from '../../db/wallets-read.ts';
import type { Market } from '../../domain/markets/market.ts';
import { viewPrevention } from '../../domain/views.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem, sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import { presentBalances, presentEntry, presentFills, presentPolicy, presentPosition } from './presenter.ts';
import { ListFills, ListLedgerEntries, ListPreventedMatches, SetAccountPolicy } from './schema.ts';

export function accountRoutes(
  router: Router<RequestState>,
  { exchange, pool, authentication }: Gateway,
): void {
  const may = { read: authentication.allow('read'), trade: authentication.allow('trade') };

  router.get('/v1/balances', may.read, async (ctx) => {
    ctx.body = presentBalances(exchange.catalog(), await listWallets(pool, ctx.state.claims.accountId));
  });

  router.get('/v1/fills', may.read, validate(ListFills), async (ctx) => {
    const { accountId } = ctx.state.claims;
    const { market: symbol, limit, cursor } = ctx.state.input.query;
    const market = symbol === undefined ? undefined : exchange.catalog().market(symbol);
    if (symbol !== undefined && market === undefined) {
      return sendProblem(ctx, 'market_not_found', `There is no market ${symbol}.`);
    }
    const trades = await listTradesOfAccount(pool, {
      accountId,
      marketId: market?.id,
      before: cursor,
      limit: limit + 1,
    });
    const { rows, nextCursor } = cutPage(trades, limit, ({ entryNo }) => entryNo);
    ctx.body = {
      items: rows.flatMap((trade) => presentFills(marketById(trade.marketId), trade, accountId)),
      nextCursor,
    };
  });

  router.get('/v1/prevented-matches', may.read, validate(ListPreventedMatches), async (ctx) => {
    const { accountId } = ctx.state.claims;
    const { market: symbol, limit, cursor } = ctx.state.input.query;
    const market = symbol === undefined ? undefined : exchange.catalog().market(symbol);
    if (symbol !== undefined && market === undefined) {
      return sendProblem(ctx, 'market_not_found', `There is no market ${symbol}.`);
    }
    const found = await listPreventions(pool, {
      accountId,
      marketId: market?.id,
      before: cursor,
      limit: limit + 1,
    });
    const { rows, nextCursor } = cutPage(found, limit, ({ id }) => id);
    ctx.body = {
      items: rows.map((prevention) => viewPrevention(marketById(prevention.marketId), prevention, accountId)),
      nextCursor,
    };
  });

  router.put('/v1/account/policy', may.trade, validate(SetAccountPolicy), async (ctx) => {
    const { claims, input } = ctx.state;
    const { selfTradePrevention: selfTrade } = input.body;
    const policy = await exchange.setAccountPolicy(claims.accountId, { selfTrade });
    if (!policy.ok) return sendRefusal(ctx, policy.refusal);
    ctx.body = presentPolicy(policy.value);
  });

  router.get('/v1/ledger', may.read, validate(ListLedgerEntries), async (ctx) => {
    const { asset: symbol, limit, cursor } = ctx.state.input.query;
    const asset = symbol === undefined ? undefined : exchange.catalog().asset(symbol);
    if (symbol !== undefined && asset === undefined) {
      return sendProblem(ctx, 'asset_not_found', `There is no asset ${symbol}.`);
    }
    const entries = await listEntries(pool, {
      accountId: ctx.state.claims.accountId,
      assetId: asset?.id,
      before: cursor,
      limit: limit + 1,
    });
    const { rows, nextCursor } = cutPage(entries, limit, ({ entryNo }) => entryNo);
    const catalog = exchange.catalog();
    ctx.body = { items: rows.map((entry) => presentEntry(catalog, entry)), nextCursor };
  });

  router.get('/v1/fees', may.read, async (ctx) => {
    const fees = await exchange.fees(ctx.state.claims.accountId);
    if (!fees.ok) return sendRefusal(ctx, fees.refusal);
    ctx.body = { fees: fees.value };
  });

  router.get('/v1/pnl', may.read, async (ctx) => {
    const positions = await loadPositions(pool, ctx.state.claims.accountId, (id) =>
      exchange.catalog().marketById(id),
    );
    const presented = [...positions].map(async ([marketId, position]) => {
      const [last] = await listTrades(pool, { marketId, limit: 1 });
      return presentPosition(marketById(marketId), position, last?.priceTicks ?? null);
    });
    ctx.body = { positions: await Promise.all(presented) };
  });

  function marketById(id: number): Market {
    const market = exchange.catalog().marketById(id);
    if (market === undefined) throw new Error(`trade in unknown market ${id}`);
    return market;
  }
}
