import type Router from '@koa/router';
import type { AuditAction } from '../../domain/audit.ts';
import { presentPolicy } from '../account/presenter.ts';
import type { Gateway } from '../gateway.ts';
import { presentAsset, presentMarket } from '../markets/presenter.ts';
import { audited } from '../middleware/audited.ts';
import { notOwnAccount } from '../middleware/not-own-account.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem, sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { CreateAsset, CreateMarket, Credit, SetFees, SetStatus, SetTradeGroup } from './schema.ts';

export function operatorRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { exchange, authentication, simulatedDeposits } = gateway;
  const { operator } = authentication;
  const did = (action: AuditAction) => audited(gateway, action);

  router.post(
    '/v1/admin/assets',
    operator('assets.manage'),
    validate(CreateAsset),
    did('operator.create_asset'),
    async (ctx) => {
      const asset = await exchange.createAsset(ctx.state.input.body);
      if (!asset.ok) return sendRefusal(ctx, asset.refusal);
      ctx.status = 201;
      ctx.body = presentAsset(asset.value);
    },
  );

  router.post(
    '/v1/admin/markets',
    operator('markets.manage'),
    validate(CreateMarket),
    did('operator.create_market'),
    async (ctx) => {
      const market = await exchange.createMarket(ctx.state.input.body);
      if (!market.ok) return sendRefusal(ctx, market.refusal);
      ctx.status = 201;
      ctx.body = presentMarket(market.value);
    },
  );

  router.patch(
    '/v1/admin/markets/:market',
    operator('markets.manage'),
    validate(SetFees),
    did('operator.set_fees'),
    async (ctx) => {
      const { params, body } = ctx.state.input;
      const market = await exchange.setFees(params.market, body.feeTiers);
      if (!market.ok) return sendRefusal(ctx, market.refusal);
      ctx.body = presentMarket(market.value);
    },
  );

  router.post(
    '/v1/admin/markets/:market/status',
    operator('markets.status'),
    validate(SetStatus),
    did('operator.set_market_status'),
    async (ctx) => {
      const { params, body } = ctx.state.input;
      const { status, auctionSeconds } = body;
      const auctionMs = auctionSeconds === undefined ? undefined : auctionSeconds * 1_000;
      const market = await exchange.setMarketStatus(params.market, status, auctionMs);
      if (!market.ok) return sendRefusal(ctx, market.refusal);
      ctx.body = presentMarket(market.value);
    },
  );

  router.patch(
    '/v1/admin/accounts/:accountId',
    operator('accounts.policy'),
    validate(SetTradeGroup),
    did('operator.set_account_policy'),
    notOwnAccount((ctx) => ({ accountId: ctx.state.input.params.accountId })),
    async (ctx) => {
      const { params, body } = ctx.state.input;
      const { tradeGroup, selfTradePrevention: selfTrade } = body;
      const policy = await exchange.setAccountPolicy(params.accountId, {
        tradeGroup,
        ...(selfTrade === undefined ? {} : { selfTrade }),
      });
      if (!policy.ok) return sendRefusal(ctx, policy.refusal);
      ctx.body = presentPolicy(policy.value);
    },
  );

  router.post(
    '/v1/admin/credits',
    operator('credits.add'),
    validate(Credit),
    did('operator.credit'),
    notOwnAccount((ctx) => ({ accountId: ctx.state.input.body.accountId })),
    async (ctx) => {
      if (!simulatedDeposits) {
        return sendProblem(ctx, 'simulated_deposits_disabled', 'This exchange takes no simulated deposits.');
      }
      const deposit = await exchange.credit(ctx.state.input.body);
      if (!deposit.ok) return sendRefusal(ctx, deposit.refusal);
      ctx.status = 201;
      ctx.body = deposit.value;
    },
  );
}
