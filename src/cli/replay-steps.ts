import type { Effect } from '../actors/effects.ts';
import type { LoggedBatch, Replay } from '../actors/replay/replay.ts';
import type { LoggedMessage } from '../actors/settlement/message-log.ts';
import { orderId, viewOrder, viewTrade } from '../domain/views.ts';
import type { Output } from './output.ts';

/** Tells of one message what it said and all that came of it, so that an incident can be stepped through. */
export function tellStep(
  output: Output,
  { catalog }: Replay,
  { batchNo }: LoggedBatch,
  message: LoggedMessage,
  effect: Effect,
): void {
  const { atMs, ...said } = message;
  const at = new Date(atMs).toISOString();
  const market = 'marketId' in message ? catalog.marketById(message.marketId) : undefined;
  if (effect.type !== 'marketEffect' || market === undefined) {
    output.print(`${batchNo}  ${at}  ${words(said)}`, { batchNo, at, message: said });
    return;
  }
  const trades = effect.trades.map((trade) => ({
    ...viewTrade(market, trade),
    maker: orderId(trade.maker),
    taker: orderId(trade.taker),
  }));
  const orders = effect.orders.map(({ order }) => viewOrder(market, order));
  const lines = [
    `${batchNo}  ${at}  ${market.symbol} ${effect.seq}  ${words(effect.command)}`,
    ...trades.map(
      ({ id, quantity, price, taker, maker }) =>
        `    trade ${id}: ${quantity} at ${price}, ${taker} from ${maker}`,
    ),
    ...orders.map(
      ({ id, status, filledQuantity, reason }) =>
        `    order ${id}: ${status}, filled ${filledQuantity}${reason === null ? '' : ` (${reason})`}`,
    ),
  ];
  output.print(lines.join('\n'), {
    batchNo,
    at,
    market: market.symbol,
    seq: effect.seq,
    message: effect.command,
    status: effect.status,
    trades,
    orders,
  });
}

function words(value: unknown): string {
  return JSON.stringify(value);
}
