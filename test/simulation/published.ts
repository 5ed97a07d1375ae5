import { depthChecksum } from '../../src/actors/feed/checksum.ts';
import { levelsOf } from '../../src/actors/feed/resting-levels.ts';
import type { AccountFrame, DepthDiff, DepthView, LevelView, PublicEvent } from '../../src/actors/ports.ts';
import { formatPrice, formatQuantity, type Market } from '../../src/domain/markets/market.ts';
import { viewTrade } from '../../src/domain/views.ts';
import { must } from './oracles.ts';
import type { Tables } from './tables.ts';

/** A book as a gateway keeps it for its clients: a snapshot, then diffs. */
interface ClientBook {
  sequence: number;
  /** Whether a diff was applied. The first may begin before the snapshot; the gateway tells clients only of the rest. */
  hasDiff: boolean;
  readonly bids: Map<string, string>;
  readonly asks: Map<string, string>;
}

/** Listens to what one process publishes: just what is committed, in sequence. */
export class PublishedOracle {
  readonly #tables: Tables;
  readonly #lastTrade = new Map<string, number>();
  readonly #lastFrame = new Map<number, number>();
  readonly #books = new Map<string, ClientBook>();

  /** @param snapshots the depth of each market as the process has it when it starts */
  constructor(tables: Tables, snapshots: readonly DepthView[]) {
    this.#tables = tables;
    for (const { market, sequence, bids, asks } of snapshots)
      this.#books.set(market, { sequence, hasDiff: false, bids: new Map(bids), asks: new Map(asks) });
  }

  onPublic(event: PublicEvent): void {
    if (event.channel === 'depth') return this.#onDepth(event.diff);
    if (event.channel !== 'trades') return;
    const market = this.#marketNamed(event.market);
    for (const trade of event.trades) {
      const no = Number(trade.id);
      const before = this.#lastTrade.get(event.market) ?? no - 1;
      must(
        no === before + 1,
        'published in sequence',
        () => `trade ${no} of ${event.market} follows ${before}`,
      );
      this.#lastTrade.set(event.market, no);
      const stored = this.#tables.trades.findLast(
        (one) => one.trade.marketId === market.id && one.trade.tradeNo === no,
      );
      must(
        stored !== undefined && JSON.stringify(viewTrade(market, stored.trade)) === JSON.stringify(trade),
        'published is what was committed',
        () => `trade ${no} of ${event.market}`,
      );
    }
  }

  onFrame(frame: AccountFrame): void {
    const { accountId, sequence } = frame;
    const before = this.#lastFrame.get(accountId) ?? sequence - 1;
    must(
      sequence === before + 1,
      'published in sequence',
      () => `frame ${sequence} of ${accountId} follows ${before}`,
    );
    this.#lastFrame.set(accountId, sequence);
    const stored = this.#tables.frames.get(accountId)?.[sequence - 1];
    must(stored !== undefined, 'published is what was committed', () => `frame ${sequence} of ${accountId}`);
    const { orders, fills } = JSON.parse(Buffer.from(stored.payload).toString());
    must(
      JSON.stringify(orders) === JSON.stringify(frame.orders) &&
        JSON.stringify(fills) === JSON.stringify(frame.fills),
      'published is what was committed',
      () => `frame ${sequence} of ${accountId}`,
    );
  }

  /** What must have been published when all is quiet. */
  mustBeComplete(): void {
    for (const [symbol, book] of this.#books) this.#compareDepth(this.#marketNamed(symbol), book);
    for (const [accountId, sequence] of this.#lastFrame) {
      const all = this.#tables.frames.get(accountId)!.length;
      must(
        sequence === all,
        'published is what was committed',
        () => `account ${accountId} was told ${sequence} frames of ${all}`,
      );
    }
  }

  #onDepth({ market: symbol, firstSequence, lastSequence, bids, asks, checksum }: DepthDiff): void {
    const book = this.#books.get(symbol) ?? { sequence: 0, hasDiff: false, bids: new Map(), asks: new Map() };
    this.#books.set(symbol, book);
    const next = book.sequence + 1;
    must(
      (book.hasDiff ? firstSequence === next : firstSequence <= next) && lastSequence >= book.sequence,
      'published in sequence',
      () => `depth ${firstSequence} to ${lastSequence} of ${symbol} follows ${book.sequence}`,
    );
    const market = this.#marketNamed(symbol);
    const { seq } = this.#tables.marketStates.get(market.id)!;
    must(
      lastSequence <= seq,
      'published is what was committed',
      () => `depth of ${symbol} is at ${lastSequence}, the ledger at ${seq}`,
    );
    book.sequence = lastSequence;
    book.hasDiff = true;
    change(book.bids, bids);
    change(book.asks, asks);
    must(
      depthChecksum(best(book.bids, -1), best(book.asks, 1)) === checksum,
      'a client can rebuild the book',
      () => `the checksum of ${symbol} at ${lastSequence} is of another book`,
    );
    // Once nothing follows it in the ledger, it is the depth of the orders there.
    if (lastSequence === seq) this.#compareDepth(market, book);
  }

  #compareDepth(market: Market, book: ClientBook): void {
    const orders = [...this.#tables.open.values()].filter(({ marketId }) => marketId === market.id);
    const resting = [...levelsOf(orders)];
    for (const [side, levels] of [
      ['buy', book.bids],
      ['sell', book.asks],
    ] as const) {
      const expected = new Map(
        resting
          .filter(([ofSide]) => ofSide === side)
          .map(([, price, lots]) => [formatPrice(market, price), formatQuantity(market, lots)]),
      );
      const sign = side === 'buy' ? -1 : 1;
      const told = JSON.stringify(best(levels, sign));
      const stored = JSON.stringify(best(expected, sign));
      must(
        told === stored,
        'published is what was committed',
        () => `depth of ${market.symbol} at ${book.sequence}, ${side}: ${told}, not ${stored}`,
      );
    }
  }

  #marketNamed(name: string): Market {
    return [...this.#tables.markets.values()].find(({ symbol }) => symbol === name)!;
  }
}

/** Levels are set to what a diff says; what is nothing goes. */
function change(levels: Map<string, string>, changes: readonly LevelView[]): void {
  for (const [price, quantity] of changes) {
    if (Number(quantity) === 0) levels.delete(price);
    else levels.set(price, quantity);
  }
}

/** @param sign 1 where the lowest price is best, -1 where the highest */
function best(levels: ReadonlyMap<string, string>, sign: 1 | -1): LevelView[] {
  return [...levels].sort((a, b) => sign * (Number(a[0]) - Number(b[0])));
}
