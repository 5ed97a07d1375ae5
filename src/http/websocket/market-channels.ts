import type { Exchange, PublicEvent } from '../../actors/ports.ts';
import { assert } from '../../domain/assert.ts';
import type { CandleInterval } from '../../domain/candles.ts';
import type { Result } from '../../domain/rejection.ts';
import { candleFrame, depthFrame, tickerFrame, tradesFrame } from './frames.ts';
import type { Outbox } from './outbox.ts';
import type { RecentTrades } from './recent-trades.ts';
import type { PublicChannel } from './requests.ts';
import { DepthDiffs, EveryUpdate, LatestState, type Subscription } from './subscriptions.ts';

/** A public channel of a market. */
export interface MarketChannel {
  readonly channel: PublicChannel;
  readonly market: string;
  readonly interval?: CandleInterval | undefined;
}

export function channelKey({ channel, market, interval }: MarketChannel): string {
  return interval === undefined ? `${channel}/${market}` : `${channel}/${market}/${interval}`;
}

type CandleEvent = Extract<PublicEvent, { channel: 'candles' }>;

/** Hands what the feeds tell to the sockets that asked for it. Each event is made into bytes once, for all of them. */
export class MarketChannels {
  readonly #exchange: Pick<Exchange, 'depth' | 'ticker'>;
  readonly #recentTrades: RecentTrades;
  // biome-ignore lint/suspicious/noExplicitAny: a channel's key decides which updates its subscriptions take.
  readonly #subscriptions = new Map<string, Set<Subscription<any>>>();
  readonly #lastCandles = new Map<string, CandleEvent>();
  /** The last snapshot of each market: many clients that come at once get the same bytes. */
  readonly #depthSnapshots = new Map<string, { readonly sequence: number; readonly frame: Buffer }>();

  constructor(exchange: Pick<Exchange, 'depth' | 'ticker'>, recentTrades: RecentTrades) {
    this.#exchange = exchange;
    this.#recentTrades = recentTrades;
  }

  /** Whether a channel can begin: `market_not_found`, or why the market has nothing to show. */
  check({ channel, market }: MarketChannel): Result<unknown> {
    return channel === 'depth' ? this.#exchange.depth(market, 1) : this.#exchange.ticker(market);
  }

  /** Resolves when `begin` can be called; undefined when it can be already. */
  ready({ channel, market }: MarketChannel): Promise<void> | undefined {
    return channel === 'trades' ? this.#recentTrades.ready(market) : undefined;
  }

  /**
   * Sends the channel's snapshot and from then on its events. The caller has to `end` the subscription.
   * @param channel one that can begin and is ready
   */
  begin(channel: MarketChannel, outbox: Outbox): Subscription<never> {
    const key = channelKey(channel);
    const subscription = this.#begin(channel, key, outbox);
    const subscriptions = this.#subscriptions.get(key);
    if (subscriptions === undefined) this.#subscriptions.set(key, new Set([subscription]));
    else subscriptions.add(subscription);
    return subscription;
  }

  end(channel: MarketChannel, subscription: Subscription<never>): void {
    const key = channelKey(channel);
    const subscriptions = this.#subscriptions.get(key);
    subscriptions?.delete(subscription);
    if (subscriptions?.size === 0) this.#subscriptions.delete(key);
  }

  publish(event: PublicEvent): void {
    const { market } = event;
    switch (event.channel) {
      case 'trades': {
        const trades = this.#recentTrades.add(market, event.trades);
        if (trades.length > 0) {
          this.#tell(`trades/${market}`, trades, () => tradesFrame(market, 'update', trades));
        }
        break;
      }
      case 'depth':
        this.#tell(`depth/${market}`, event.diff, () => depthFrame('diff', event.diff));
        break;
      case 'ticker':
        this.#tell(`ticker/${market}`, event.ticker, () => tickerFrame(event.ticker));
        break;
      case 'candles': {
        const key = channelKey(event);
        this.#lastCandles.set(key, event);
        this.#tell(key, event.candle, () => candleFrame(market, event.interval, event.candle));
        break;
      }
    }
  }

  #tell(key: string, update: unknown, make: () => Buffer): void {
    const subscriptions = this.#subscriptions.get(key);
    if (subscriptions === undefined) return;
    let made: Buffer | undefined;
    const frame = () => {
      made ??= make();
      return made;
    };
    for (const subscription of subscriptions) subscription.take(update, frame);
  }

  #begin(channel: MarketChannel, key: string, outbox: Outbox): Subscription<never> {
    const { market } = channel;
    switch (channel.channel) {
      case 'trades':
        outbox.send(tradesFrame(market, 'snapshot', this.#recentTrades.list(market)));
        return new EveryUpdate(outbox);
      case 'depth': {
        const { sequence, frame } = this.#depthSnapshot(market);
        outbox.send(frame);
        return new DepthDiffs(outbox, sequence);
      }
      case 'ticker':
        outbox.send(tickerFrame(checked(this.#exchange.ticker(market))));
        return new LatestState(outbox);
      case 'candles': {
        const last = this.#lastCandles.get(key);
        if (last !== undefined) outbox.send(candleFrame(market, last.interval, last.candle));
        return new LatestState(outbox);
      }
    }
  }

  /** The whole book: a client that was given a part could not tell what comes up behind it. */
  #depthSnapshot(market: string): { readonly sequence: number; readonly frame: Buffer } {
    const known = this.#depthSnapshots.get(market);
    const { sequence } = checked(this.#exchange.depth(market, 1));
    if (known?.sequence === sequence) return known;
    const snapshot = {
      sequence,
      frame: depthFrame('snapshot', checked(this.#exchange.depth(market, Number.MAX_SAFE_INTEGER))),
    };
    this.#depthSnapshots.set(market, snapshot);
    return snapshot;
  }
}

function checked<Value>(result: Result<Value>): Value {
  assert(result.ok, 'a channel begins only where it was checked');
  return result.value;
}
