import type { Candle } from '../domain/candles.ts';
import type { Market } from '../domain/markets/market.ts';
import type { Ledger } from '../domain/settlement.ts';
import type { MarketSnapshot } from '../domain/snapshots.ts';
import { type ActorRef, type ParentRef, tell } from './actor.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import type { Effect } from './effects.ts';
import type { ExchangeLog, ExchangeOptions } from './exchange.ts';
import { Feed } from './feed/feed.ts';
import { type FeedActor, spawnFeedActor } from './feed/feed-actor.ts';
import { clearingOfSnapshot, levelsOf } from './feed/resting-levels.ts';
import { spawnMarket, type ToMarket } from './markets/market-actor.ts';
import type { PublicEvent } from './ports.ts';

export interface FloorPorts {
  readonly ledger: Pick<Ledger, 'loadMarkets'>;
  readonly log: ExchangeLog;
  /** Never goes back: what the log is written by. */
  readonly clock: { now(): number };
  readonly wallClock: { now(): number };
  tellSettlement(effect: Effect): void;
  /** Resolves once everything sent to settlement before is committed. */
  settled(): Promise<void>;
  publish(event: PublicEvent): void;
}

/** The markets with their feeds. */
export interface TradingFloor {
  readonly markets: ReadonlyMap<number, ActorRef<ToMarket>>;
  feed(marketId: number): { readonly feed: Feed; readonly actor: FeedActor } | undefined;
  open(market: Market, snapshot: MarketSnapshot, candles: readonly Candle[]): void;
  /** Ends the feeds and the alarms; the actors end with their system. */
  close(): void;
}

export function createTradingFloor(
  parent: ParentRef,
  ports: FloorPorts,
  options: Pick<ExchangeOptions, 'feed' | 'beforeMarketMessage'>,
): TradingFloor {
  const { log, clock } = ports;
  const markets = new Map<number, ActorRef<ToMarket>>();
  const feeds = new Map<number, { readonly feed: Feed; readonly actor: FeedActor }>();
  const alarms: Alarm[] = [];

  function openFeed(market: Market, snapshot: MarketSnapshot, candles: readonly Candle[]): void {
    const feed = new Feed(market, options.feed);
    const { status, auctionEndsAtMs, lastPriceTicks, orders } = snapshot;
    feed.restore({
      sequence: snapshot.seq,
      status,
      auctionEndsAtMs,
      clearing: clearingOfSnapshot(snapshot),
      lastPriceTicks,
      levels: levelsOf(orders),
      candles,
    });
    const actor = spawnFeedActor(parent, {
      symbol: market.symbol,
      feed,
      publish: ports.publish,
      now: ports.wallClock.now,
      onCrash: (_message, error) =>
        log.error({ err: error, market: market.symbol }, 'a feed failed to handle a message'),
    });
    feeds.set(market.id, { feed, actor });
  }

  return {
    markets,
    feed: (marketId) => feeds.get(marketId),
    open(market, snapshot, candles) {
      openFeed(market, snapshot, candles);
      const alarm = createAlarm(clock.now, () => tell(ref, { type: 'clock' }));
      const ref = spawnMarket(parent, market, snapshot, {
        load: async (failed) => (await ports.ledger.loadMarkets([failed])).get(failed.id)!,
        clock,
        tellSettlement: ports.tellSettlement,
        settled: ports.settled,
        onQuarantined: (failed, message, error) =>
          log.error(
            { err: error, market: failed.symbol, quarantined: message },
            'a market failed to handle a message: it is put aside and the book is read again',
          ),
        onRestoreFailed: (failed, error) =>
          log.warn({ err: error, market: failed.symbol }, 'the book can’t be read; it is tried again'),
        onRestored: (restored) =>
          log.warn({ market: restored.symbol }, 'the market goes on from its last commit'),
        wakeAt: alarm.set,
        beforeMessage: options.beforeMarketMessage,
      });
      markets.set(market.id, ref);
      alarms.push(alarm);
    },
    close() {
      for (const { actor } of feeds.values()) actor.stop();
      for (const alarm of alarms) alarm.set(Number.POSITIVE_INFINITY);
    },
  };
}
