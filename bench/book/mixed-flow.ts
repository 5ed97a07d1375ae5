import { createBook } from '../../src/domain/book/book.ts';
import {
  BUY,
  COMMAND_WORDS,
  GTC,
  IOC,
  SELL,
  type Side,
  writeCancel,
  writePlace,
  writeReduce,
  writeReplace,
} from '../../src/domain/book/commands.ts';
import { CANCELED, EventBuffer, RESTED, TRADE } from '../../src/domain/book/events.ts';
import { readEvents } from '../../src/domain/book/read-events.ts';

export interface MixedFlow {
  readonly commands: Float64Array;
  /** The first commands, which only fill the book. */
  readonly fillCount: number;
  readonly count: number;
}

const RESTING = 50_000;
const LEVELS_A_SIDE = 500;
const FIRST_MIDDLE = 100_000;
const LARGEST_LOTS = 100;
/** 61 limits come for 36 cancels; each of 2 takers has to take what the others leave behind. */
const ORDERS_A_TAKER = (61 - 36) / 2;

/**
 * A flow of 61 % limit orders, 36 % cancels, 2 % takers and 1 % replaces and reductions, on a book of 50,000 orders on about
 * 1,000 levels whose middle wanders. The same every time. Every cancel is for an order that rests.
 */
export function mixedFlow(count: number): MixedFlow {
  const commands = new Float64Array((RESTING + count) * COMMAND_WORDS);
  const random = xorshift(0x2545f491);
  const below = (limit: number) => Math.floor(random() * limit);
  const resting = new RestingIds();
  let middle = FIRST_MIDDLE;
  let lastId = 0;

  const limitPrice = (side: Side) => {
    // Squared: most orders come near the market.
    const distance = 1 + Math.floor(random() ** 2 * LEVELS_A_SIDE);
    return side === BUY ? middle - distance : middle + distance;
  };
  const writeLimit = (index: number) => {
    lastId += 1;
    const side = below(2) as Side;
    const quantityLots = 1 + below(LARGEST_LOTS);
    writePlace(commands, index, {
      id: lastId,
      side,
      priceTicks: limitPrice(side),
      quantityLots,
      timeInForce: GTC,
    });
  };
  const writeTaker = (index: number) => {
    lastId += 1;
    const side = below(2) as Side;
    // Takes more when more rest, so that the book keeps its size.
    const orders = ORDERS_A_TAKER * (resting.count / RESTING) ** 8;
    const quantityLots = 1 + Math.floor(random() * orders * LARGEST_LOTS);
    const priceTicks = side === BUY ? middle + LEVELS_A_SIDE : middle - LEVELS_A_SIDE;
    writePlace(commands, index, { id: lastId, side, priceTicks, quantityLots, timeInForce: IOC });
  };

  const book = createBook({ expectedOrders: RESTING * 2 });
  const events = new EventBuffer();
  for (let index = 0; index < RESTING + count; index += 1) {
    const kind = index < RESTING ? 0 : below(100);
    if (kind < 61) writeLimit(index);
    else if (kind < 97) writeCancel(commands, index, resting.pick(random));
    else if (kind < 99) writeTaker(index);
    else if (random() < 0.5) writeReduce(commands, index, { id: resting.pick(random), byLots: 1 });
    else {
      // A buy's price may be wrong for a sell; then the order trades at once, which replaces do too.
      const side = random() < 0.5 ? BUY : SELL;
      writeReplace(commands, index, {
        id: resting.pick(random),
        priceTicks: limitPrice(side),
        quantityLots: 1 + below(LARGEST_LOTS),
      });
    }
    if (below(1000) === 0) middle += below(2) === 0 ? 1 : -1;
    events.clear();
    book.execute(commands.subarray(index * COMMAND_WORDS, (index + 1) * COMMAND_WORDS), 1, events);
    for (const event of readEvents(events)) {
      if (event.kind === RESTED) resting.add(event.id);
      else if (event.kind === CANCELED) resting.delete(event.id);
      else if (event.kind === TRADE && event.makerRemaining === 0) resting.delete(event.maker);
      if (event.kind === TRADE && event.takerRemaining === 0) resting.delete(event.taker);
    }
  }
  return { commands, fillCount: RESTING, count: RESTING + count };
}

/** The ids of the resting orders, to pick one at random. */
class RestingIds {
  readonly #ids: number[] = [];
  readonly #positions = new Map<number, number>();

  get count(): number {
    return this.#ids.length;
  }

  add(id: number): void {
    if (this.#positions.has(id)) return;
    this.#positions.set(id, this.#ids.length);
    this.#ids.push(id);
  }

  delete(id: number): void {
    const position = this.#positions.get(id);
    if (position === undefined) return;
    const last = this.#ids.pop()!;
    if (last !== id) {
      this.#ids[position] = last;
      this.#positions.set(last, position);
    }
    this.#positions.delete(id);
  }

  pick(random: () => number): number {
    return this.#ids[Math.floor(random() * this.#ids.length)]!;
  }
}

/** Marsaglia's xorshift32: numbers in [0, 1), the same for the same seed. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
