import type { AccountFrame, CandleInterval, DepthDiff, DepthView, TickerView } from '../../actors/ports.ts';
import type { CandleView, TradeView } from '../../domain/views.ts';
import type { Outcome } from './outcome.ts';
import type { Malformed } from './parse.ts';
import type { PrivateChannel } from './requests.ts';

/**
 * The text of what the gateway sends. Events that go to many sockets are made once, as a buffer; answers go to one
 * socket and stay strings, which Node writes without a copy of ours.
 */

export function tradesFrame(
  market: string,
  type: 'snapshot' | 'update',
  trades: readonly TradeView[],
): Buffer {
  return buffer({ channel: 'trades', market, type, data: trades });
}

export function depthFrame(type: 'snapshot', depth: DepthView): Buffer;
export function depthFrame(type: 'diff', diff: DepthDiff): Buffer;
export function depthFrame(type: 'snapshot' | 'diff', data: DepthView | DepthDiff): Buffer {
  return buffer({ channel: 'depth', market: data.market, type, data });
}

export function tickerFrame(ticker: TickerView): Buffer {
  return buffer({ channel: 'ticker', market: ticker.market, data: ticker });
}

export function candleFrame(market: string, interval: CandleInterval, candle: CandleView): Buffer {
  return buffer({ channel: 'candles', market, interval, data: candle });
}

/** A frame of an account with only some of its sections. */
export function accountFrame(
  sequence: number,
  sections: Iterable<PrivateChannel>,
  frame: Pick<AccountFrame, PrivateChannel>,
): Buffer {
  const data: { [Section in PrivateChannel]?: AccountFrame[Section] } = {};
  for (const section of sections) Object.assign(data, { [section]: frame[section] ?? [] });
  return buffer({ channel: 'account', sequence, data });
}

export type SystemEvent =
  | { readonly type: 'stopping'; readonly reason: string }
  | { readonly type: 'session_ended'; readonly reason: 'token_expired' | 'session_ended' };

export function systemFrame(event: SystemEvent): Buffer {
  return buffer({ channel: 'system', ...event });
}

export function answerFrame(id: string | number | null, outcome: Outcome): string {
  return JSON.stringify(
    outcome.ok ? { id, ok: true, result: outcome.result } : { id, ok: false, error: outcome.error },
  );
}

export function malformedFrame({ id, detail }: Malformed): string {
  return JSON.stringify({ id, ok: false, error: { code: 'malformed_frame', detail } });
}

function buffer(event: object): Buffer {
  return Buffer.from(JSON.stringify(event));
}
