import type Router from '@koa/router';
import type { Context } from 'koa';
import { listCandles } from '../../db/candles-read.ts';
import { listTrades } from '../../db/trades-read.ts';
import { CANDLE_INTERVALS_MS } from '../../domain/candles.ts';
import type { Market } from '../../domain/markets/market.ts';
import { viewCandle, viewTrade } from '../../domain/views.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem, sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import { presentAsset, presentMarket } from './presenter.ts';
import { GetDepth, GetMarket, GetTicker, ListCandles, ListTrades } from './schema.ts';

export function marketRoutes(router: Router<RequestState>, { exchange, pool }: Gateway): void {
  router.get('/v1/assets', (ctx) => {
    ctx.body = { assets: exchange.catalog().assets.map(presentAsset) };
  });

  router.get('/v1/markets', (ctx) => {
    ctx.body = { markets: exchange.catalog().markets.map(presentMarket) };
  });

  router.get('/v1/tickers', (ctx) => {
    const tickers = exchange.catalog().markets.map(({ symbol }) => exchange.ticker(symbol));
    ctx.body = { tickers: tickers.flatMap((ticker) => (ticker.ok ? [ticker.value] : [])) };
  });

  router.get('/v1/markets/:market', validate(GetMarket), (ctx) => {
    const market = marketOf(ctx, ctx.state.input.params.market);
    if (market !== undefined) ctx.body = presentMarket(market);
  });

  router.get('/v1/markets/:market/ticker', validate(GetTicker), (ctx) => {
    const ticker = exchange.ticker(ctx.state.input.params.market);
    if (!ticker.ok) return sendRefusal(ctx, ticker.refusal);
    ctx.body = ticker.value;
  });

  router.get('/v1/markets/:market/depth', validate(GetDepth), (ctx) => {
    const { params, query } = ctx.state.input;
    const depth = exchange.depth(params.market, query.levels);
    if (!depth.ok) return sendRefusal(ctx, depth.refusal);
    ctx.body = depth.value;
  });

  router.get('/v1/markets/:market/trades', validate(ListTrades), async (ctx) => {
    const { params, query } = ctx.state.input;
    const market = marketOf(ctx, params.market);
    if (market === undefined) return;
    const trades = await listTrades(pool, {
      marketId: market.id,
      before: query.cursor,
      limit: query.limit + 1,
    });
    const { rows, nextCursor } = cutPage(trades, query.limit, ({ tradeNo }) => tradeNo);
    ctx.body = { items: rows.map((trade) => viewTrade(market, trade)), nextCursor };
  });

  router.get('/v1/markets/:market/candles', validate(ListCandles), async (ctx) => {
    const { params, query } = ctx.state.input;
    const market = marketOf(ctx, params.market);
    if (market === undefined) return;
    const candles = await listCandles(pool, {
      marketId: market.id,
      intervalMs: CANDLE_INTERVALS_MS[query.interval],
      fromMs: query.from,
      toMs: query.to,
      limit: query.limit,
    });
    ctx.body = { candles: candles.map((candle) => viewCandle(market, candle)) };
  });

  function marketOf(ctx: Context, symbol: string): Market | undefined {
    const market = exchange.catalog().market(symbol);
    if (market === undefined) sendProblem(ctx, 'market_not_found', `There is no market ${symbol}.`);
    return market;
  }
}
