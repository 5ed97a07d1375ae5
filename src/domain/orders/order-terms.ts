/**
 * What an order asks for beyond side, price, quantity and time in force; plain orders have none of it. Absent means not asked
 * for. It is stored as it is written here, so fields are only ever added.
 */
export interface OrderTerms {
  /** The client's own word, by which he can cancel many at once. */
  readonly tag?: string;
  /** A post-only order that would take rests one tick away from the best opposite price instead. */
  readonly reprice?: true;
  /** An immediate-or-cancel order trades at least so many lots, or nothing. */
  readonly minimumLots?: number;
  /** Good till date: milliseconds since the Unix epoch. */
  readonly expiresAtMs?: number;
  readonly iceberg?: Iceberg;
  readonly trigger?: Trigger;
  readonly list?: ListPlace;
}

export interface Iceberg {
  /** Lots it shows at a time. */
  readonly displayLots: number;
  /** Lots it shows now; 0 while it is not on the book. */
  readonly shownLots: number;
}

/** When an order that waits outside of the book enters it. */
export interface Trigger {
  /** Fires once the last price is at or beyond this one. Of a trailing stop: as far as it came. */
  readonly stopTicks: number;
  readonly fires: 'above' | 'below';
  /** A trailing stop follows the last price at this distance, in ticks or in millionths of that price. */
  readonly trailTicks?: number;
  readonly trailPpm?: number;
  /** The stop price was reached, and the order's turn to enter the market comes with one of the next messages. */
  readonly isReached?: true;
  /** Milliseconds since the Unix epoch; absent while the order waits. */
  readonly firedAtMs?: number;
}

/** `oco`: one cancels the other. `oto`: one opens the other. `otoco`: one opens two, of which one cancels the other. */
export const LIST_TYPES = Object.freeze(['oco', 'oto', 'otoco'] as const);
export type ListType = (typeof LIST_TYPES)[number];

/** An order's place in a list of orders of one account and market. */
export interface ListPlace {
  /** The number of the list's first order. */
  readonly no: number;
  readonly type: ListType;
  /** The working order opens the legs once it is filled; two legs exclude each other. */
  readonly role: 'working' | 'leg';
}

const PPM = 1_000_000n;

/** Where the stop of a trailing order is when the last price is this one; at least a tick. */
export function trailedStop(trigger: Trigger, priceTicks: number): number {
  const distance = trigger.trailTicks ?? Number((BigInt(priceTicks) * BigInt(trigger.trailPpm ?? 0)) / PPM);
  const stop = trigger.fires === 'below' ? priceTicks - distance : priceTicks + distance;
  return Math.min(Math.max(stop, 1), Number.MAX_SAFE_INTEGER);
}

/** Where the stop of a trailing order moves to; undefined when it stays: it only follows a price that moves away from it. */
export function followedStop(trigger: Trigger, priceTicks: number): number | undefined {
  const stopTicks = trailedStop(trigger, priceTicks);
  const isCloser = trigger.fires === 'below' ? stopTicks > trigger.stopTicks : stopTicks < trigger.stopTicks;
  return isCloser ? stopTicks : undefined;
}

/** Whether an order fires at this last price. */
export function firesAt({ fires, stopTicks }: Trigger, priceTicks: number): boolean {
  return fires === 'above' ? priceTicks >= stopTicks : priceTicks <= stopTicks;
}

export function isTrailing(trigger: Trigger): boolean {
  return trigger.trailTicks !== undefined || trigger.trailPpm !== undefined;
}
