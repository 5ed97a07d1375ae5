import { LatencyHistogram } from '../client/latency.ts';
import type { Answer } from '../client/messages.ts';

/** What all traders did so far. */
export class Activity {
  readonly latency = new LatencyHistogram();
  readonly refusals = new Map<string, number>();
  readonly lastPrices = new Map<string, string>();
  commands = 0;
  orders = 0;
  trades = 0;

  /** Counts a command when its answer comes, and hands the answer on. */
  async count<Result>(kind: 'order' | 'cancel', answer: Promise<Answer<Result>>): Promise<Answer<Result>> {
    const startedAt = performance.now();
    this.commands += 1;
    const result = await answer;
    this.latency.add(performance.now() - startedAt);
    if (result.ok) {
      if (kind === 'order') this.orders += 1;
    } else {
      const { code } = result.error;
      this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
    }
    return result;
  }
}

/** Says what happened since it was asked before, for the line of progress. */
export function createStatusLine(activity: Activity, now: () => number): () => string {
  const startedAt = now();
  let before = { at: startedAt, orders: 0, trades: 0 };
  return () => {
    const at = now();
    const { orders, trades } = activity;
    const seconds = Math.max(0.001, (at - before.at) / 1000);
    const perSecond = (count: number) => Math.round(count / seconds).toLocaleString('en-US');
    const refused = [...activity.refusals].map(([code, count]) => `${code} ${count}`).join(', ');
    const line = [
      `${Math.round((at - startedAt) / 1000)} s`,
      `${perSecond(orders - before.orders)} orders/s`,
      `${perSecond(trades - before.trades)} trades/s`,
      ...[...activity.lastPrices].map(([market, price]) => `${market} ${price}`),
      `refused ${refused === '' ? 'none' : refused}`,
      `p50 ${activity.latency.percentileMs(0.5).toFixed(1)} ms`,
      `p99 ${activity.latency.percentileMs(0.99).toFixed(1)} ms`,
    ].join('  ');
    before = { at, orders, trades };
    return line;
  };
}
