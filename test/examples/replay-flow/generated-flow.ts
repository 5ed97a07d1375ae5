import { GTC, IOC } from '../../../src/domain/book/commands.ts';
import { TRADE } from '../../../src/domain/book/events.ts';
import type { BookCommand } from '../../support/book-command.ts';
import { NaiveBook } from '../../support/naive-book.ts';

/** A flow that was made up, with the trades that strict price-time priority must give. */
export interface GeneratedFlow {
  readonly lines: readonly string[];
  readonly trades: readonly { readonly price: number; readonly quantity: number }[];
}

/** Repeatable: xorshift, 32 bits. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Every kind of command, also for orders that are gone or never were; ids are far apart, so that all accounts trade. */
export function generateFlow(seed: number, commands: number): GeneratedFlow {
  const random = createRandom(seed);
  const book = new NaiveBook();
  const lines: string[] = [];
  const trades: { price: number; quantity: number }[] = [];
  const known: { id: number; side: 0 | 1 }[] = [];

  function execute(line: string, command: BookCommand): void {
    lines.push(line);
    for (const event of book.execute([command])) {
      if (event.kind === TRADE) trades.push({ price: event.price, quantity: event.quantity });
    }
  }

  for (let at = 1; at <= commands; at += 1) {
    const side = random(2) as 0 | 1;
    const letter = side === 0 ? 'B' : 'S';
    const price = 1_000 + (side === 0 ? -1 : 1) * random(30) + random(20) - 10;
    const quantity = 1 + random(500_000);
    const id = at * 3_000;
    const some = known[random(Math.max(1, known.length))];
    const kind = random(100);
    if (kind < 50 || some === undefined) {
      known.push({ id, side });
      const order = { id, side, priceTicks: price, quantityLots: quantity };
      execute(`N ${id} ${letter} ${price} ${quantity}`, { op: 'place', ...order, timeInForce: GTC });
    } else if (kind < 60) {
      known.push({ id, side });
      const order = { id, side, priceTicks: price, quantityLots: quantity };
      execute(`I ${id} ${letter} ${price} ${quantity}`, { op: 'place', ...order, timeInForce: IOC });
    } else if (kind < 65 && trades.length > 0) {
      // The market’s band is the whole price: a buyer goes to twice the last price, a seller to one tick.
      known.push({ id, side });
      const limit = side === 0 ? 2 * trades.at(-1)!.price : 1;
      const order = { id, side, priceTicks: limit, quantityLots: quantity };
      execute(`M ${id} ${letter} ${quantity}`, { op: 'place', ...order, timeInForce: IOC });
    } else if (kind < 80) {
      const gone = random(10) === 0 ? at * 3_000 + 1 : some.id;
      execute(`X ${gone}`, { op: 'cancel', id: gone });
    } else if (kind < 90) {
      const line = `R ${some.id} ${some.side === 0 ? 'B' : 'S'} ${price} ${quantity}`;
      execute(line, { op: 'replace', id: some.id, priceTicks: price, quantityLots: quantity });
    } else {
      const by = 1 + random(200_000);
      execute(`D ${some.id} ${by}`, { op: 'reduce', id: some.id, byLots: by });
    }
  }
  return { lines, trades };
}
