import type { Market } from '../../domain/markets/market.ts';
import { firesStops } from '../../domain/markets/market-machine.ts';
import type { MarketSnapshot } from '../../domain/snapshots.ts';
import { type ActorRef, type ParentRef, spawnActor, tell } from '../actor.ts';
import type { Effect } from '../effects.ts';
import type { InspectMarket, MarketClock, MarketCommand, MarketMessage } from '../market-messages.ts';
import { answer, refusalOf, reserves, returnedBy } from './answers.ts';
import { Matching } from './matching.ts';
import type { OpenMarket } from './open-market.ts';
import { copyOf } from './order-table.ts';

export interface MarketPorts {
  /** The market as it was committed last. */
  load(market: Market): Promise<MarketSnapshot>;
  /** Milliseconds since the Unix epoch; it never goes back, also not over a restart. */
  readonly clock: { now(): number };
  tellSettlement(effect: Effect): void;
  /** Resolves once everything sent to settlement before is committed. */
  settled(): Promise<void>;
  /** A message made the market throw. It was put aside, nothing of it was settled. */
  onQuarantined(market: Market, message: ToMarket, error: unknown): void;
  onRestored(market: Market): void;
  /** The book could not be read; it is tried again until it can. */
  onRestoreFailed(market: Market, error: unknown): void;
  /** Asks for a `clock` message at a time; a later call replaces an earlier one. Left out in a replay. */
  readonly wakeAt?: ((atMs: number) => void) | undefined;
  /** Called before a message is handled; tests make it throw. */
  readonly beforeMessage?: ((market: Market, message: MarketMessage) => void) | undefined;
}

export type ToMarket = MarketMessage | MarketClock | InspectMarket;

const RELOAD_PAUSE_MS = 500;

/**
 * Spawns the actor that owns one market's book. When a message makes it throw, the message is put aside and its asker
 * told; then it waits until all that it did before is committed, reads its book from the ledger, and goes on.
 */
export function spawnMarket(
  parent: ParentRef,
  market: Market,
  snapshot: MarketSnapshot,
  ports: MarketPorts,
): ActorRef<ToMarket> {
  let matching = new Matching(market, snapshot);
  const setAlarm = () => ports.wakeAt?.(dueAtMs(matching.state));

  /** Work that comes in parts is under way: a part is committed before the next, so that others have their turn between. */
  let isPartUnderWay = false;

  function goOnInParts(): void {
    if (ports.wakeAt === undefined || isPartUnderWay || nextPart(matching.state) === undefined) return;
    isPartUnderWay = true;
    void ports.settled().then(() => {
      isPartUnderWay = false;
      tell(ref, { type: 'clock' });
    });
  }

  /**
   * Nothing that has expired trades any more, and no auction goes on beyond its end, however late the clock is.
   * @returns when it is done, where it takes more than one message; others have their turn between
   */
  function handleDue(atMs: number): Promise<void> | undefined {
    const first = dueCommand(matching.state, atMs);
    if (first === undefined) return undefined;
    ports.tellSettlement(matching.handle(first, atMs, 0));
    return dueCommand(matching.state, atMs) === undefined ? undefined : handleMoreDue(atMs);
  }

  async function handleMoreDue(atMs: number): Promise<void> {
    for (
      let due = dueCommand(matching.state, atMs);
      due !== undefined;
      due = dueCommand(matching.state, atMs)
    ) {
      await new Promise((resolve) => setImmediate(resolve));
      ports.tellSettlement(matching.handle(due, atMs, 0));
    }
  }

  function handleCommand({ command, replyTo }: MarketMessage, atMs: number): void {
    ports.tellSettlement(matching.handle(command, atMs, replyTo));
    setAlarm();
    goOnInParts();
  }

  function handlePart(atMs: number): void {
    const part = isPartUnderWay ? undefined : nextPart(matching.state);
    if (part !== undefined) ports.tellSettlement(matching.handle(part, atMs, 0));
    setAlarm();
    goOnInParts();
  }

  /** The answer takes the way of all that was done before, so that it comes when that is committed. */
  function inspect({ accountIds, replyTo }: InspectMarket): void {
    const { orders } = matching.state;
    const found = accountIds.flatMap((accountId) => orders.ofAccount(accountId, {})).map(copyOf);
    ports.tellSettlement(answer({ type: 'inspectedMarket', orders: found }, replyTo));
  }

  async function restore(): Promise<void> {
    for (;;) {
      try {
        await ports.settled();
        matching = new Matching(market, await ports.load(market));
        setAlarm();
        goOnInParts();
        ports.onRestored(market);
        return;
      } catch (error) {
        // Most likely the database is away, and settlement waits for it too.
        ports.onRestoreFailed(market, error);
        await new Promise((resolve) => setTimeout(resolve, RELOAD_PAUSE_MS));
      }
    }
  }

  setAlarm();
  const ref = spawnActor<ToMarket>(
    parent,
    `market-${market.symbol}`,
    (message) => {
      if (message.type === 'inspect') return inspect(message);
      const atMs = ports.clock.now();
      if (message.type === 'clock') {
        const due = handleDue(atMs);
        return due === undefined ? handlePart(atMs) : due.then(() => handlePart(atMs));
      }
      ports.beforeMessage?.(market, message);
      // In a replay they are in the log.
      const due = ports.wakeAt === undefined ? undefined : handleDue(atMs);
      return due === undefined ? handleCommand(message, atMs) : due.then(() => handleCommand(message, atMs));
    },
    (message, error) => {
      ports.onQuarantined(market, message, error);
      if (message.type !== 'command') return restore();
      const { command, replyTo } = message;
      ports.tellSettlement(
        answer(
          { type: 'refused', refusal: refusalOf('market_restarting') },
          replyTo,
          reserves(command) ? returnedBy(market, command, 'market_restarting') : null,
        ),
      );
      return restore();
    },
  );
  goOnInParts();
  return ref;
}

/** The next part of what one message did not do to its end. */
function nextPart({ status, orders, due }: OpenMarket): MarketCommand | undefined {
  if (status === 'closed' && orders.size > 0) return { type: 'sweepClosed' };
  return due.size > 0 && firesStops(status) ? { type: 'fireStops' } : undefined;
}

/** When something will be due, in milliseconds since the Unix epoch. */
function dueAtMs({ nextExpiryMs, auctionEndsAtMs }: OpenMarket): number {
  return Math.min(nextExpiryMs, auctionEndsAtMs ?? Number.POSITIVE_INFINITY);
}

/** What the clock asks for first. Orders whose time comes with the end of an auction have no part in it. */
function dueCommand({ nextExpiryMs, auctionEndsAtMs }: OpenMarket, atMs: number): MarketCommand | undefined {
  const auctionEnds = auctionEndsAtMs ?? Number.POSITIVE_INFINITY;
  if (nextExpiryMs <= Math.min(atMs, auctionEnds)) return { type: 'expireOrders' };
  return auctionEnds <= atMs ? { type: 'endAuction' } : undefined;
}
