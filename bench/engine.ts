import assert from 'node:assert/strict';
import { createBook } from '../src/domain/book/book.ts';
import { COMMAND_WORDS } from '../src/domain/book/commands.ts';
import {
  EVENT_HEADER,
  EVENT_ID,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_TAKER,
  EVENT_WORDS,
  EventBuffer,
  TRADE,
} from '../src/domain/book/events.ts';
import { marketFigures } from './book/market-figures.ts';
import { type MixedFlow, mixedFlow } from './book/mixed-flow.ts';
import { PlainBook, type PlainTrade } from './book/plain-book.ts';
import { alternate } from './harness/alternate.ts';
import type { BenchOptions } from './harness/bench.ts';
import { alone, compared, type Figure } from './harness/figure.ts';
import { median, percentiles } from './harness/statistics.ts';

const COMMANDS = 1_000_000;
const ROUNDS = 5;
/** A market does more with each command than its book, so it gets fewer. */
const MARKET_PART = 4;
/** Commands per call of `execute`. */
const BATCH = 1000;

/** With these limits V8 compiles the whole way of a command into one function. */
export const nodeFlags = ['--max-inlined-bytecode-size=3000', '--max-inlined-bytecode-size-cumulative=6000'];

/** What one run over the flow gave. The trades are compared by number and checksum. */
interface Run {
  readonly commandsPerSecond: number;
  readonly trades: number;
  readonly checksum: number;
}

/** Commands a second of the order book alone, all events read, beside a plain book on the same commands. */
export async function run({ args, log }: BenchOptions): Promise<Figure[]> {
  const count = args[0] === undefined ? COMMANDS : Number(args[0]);
  log(`engine: making a flow of ${count.toLocaleString('en-US')} commands`);
  const flow = mixedFlow(count);
  const results = await alternate({ book: () => runBook(flow), plain: () => runPlain(flow) }, ROUNDS);
  const [first] = results.plain;
  for (const { trades, checksum } of [...results.book, ...results.plain]) {
    assert.deepEqual(
      { trades, checksum },
      { trades: first!.trades, checksum: first!.checksum },
      'same trades',
    );
  }
  log(`engine: the same ${first!.trades.toLocaleString('en-US')} trades in every run`);
  const millions = (runs: readonly Run[]) => median(runs.map((result) => result.commandsPerSecond)) / 1e6;
  const latencies = await alternate({ book: () => timeBook(flow), plain: () => timePlain(flow) }, 1);
  const bookNs = percentiles(latencies.book[0]!);
  const plainNs = percentiles(latencies.plain[0]!);
  return [
    compared(
      { name: 'engine', value: millions(results.book), unit: 'million commands/s' },
      'plain book of Maps and sorted arrays',
      millions(results.plain),
    ),
    compared(
      { name: 'engine ns/command', value: bookNs.p50!, unit: 'ns', percentiles: bookNs },
      'plain book, p50',
      plainNs.p50!,
    ),
    alone({ name: 'plain book ns/command', value: plainNs.p50!, unit: 'ns', percentiles: plainNs }),
    ...(await marketFigures(Math.ceil(count / MARKET_PART), log)),
  ];
}

function runBook({ commands, fillCount, count }: MixedFlow): Run {
  const book = createBook();
  const events = new EventBuffer();
  book.execute(commands, fillCount, events);
  let trades = 0;
  let checksum = 0;
  const started = performance.now();
  for (let from = fillCount; from < count; from += BATCH) {
    const to = Math.min(from + BATCH, count);
    events.clear();
    book.execute(commands.subarray(from * COMMAND_WORDS, to * COMMAND_WORDS), to - from, events);
    const words = events.words;
    const end = events.count * EVENT_WORDS;
    for (let at = 0; at < end; at += EVENT_WORDS) {
      if (words[at + EVENT_HEADER]! >> 1 !== TRADE) continue;
      trades += 1;
      checksum = fold(
        checksum,
        words[at + EVENT_ID]!,
        words[at + EVENT_TAKER]!,
        words[at + EVENT_PRICE]!,
        words[at + EVENT_QUANTITY]!,
      );
    }
  }
  return { commandsPerSecond: rate(count - fillCount, started), trades, checksum };
}

function runPlain({ commands, fillCount, count }: MixedFlow): Run {
  const book = new PlainBook();
  const batch: PlainTrade[] = [];
  book.execute(commands, 0, fillCount, batch);
  let trades = 0;
  let checksum = 0;
  const started = performance.now();
  for (let from = fillCount; from < count; from += BATCH) {
    batch.length = 0;
    book.execute(commands, from, Math.min(from + BATCH, count), batch);
    for (const { maker, taker, price, quantity } of batch) {
      trades += 1;
      checksum = fold(checksum, maker, taker, price, quantity);
    }
  }
  return { commandsPerSecond: rate(count - fillCount, started), trades, checksum };
}

/** Nanoseconds of each command, executed alone as a market does, without the cost of reading the clock. */
function timeBook({ commands, fillCount, count }: MixedFlow): Float64Array {
  const book = createBook();
  const events = new EventBuffer();
  book.execute(commands, fillCount, events);
  const command = new Float64Array(COMMAND_WORDS);
  return timeEach(count - fillCount, (index) => {
    const at = (fillCount + index) * COMMAND_WORDS;
    for (let word = 0; word < COMMAND_WORDS; word += 1) command[word] = commands[at + word]!;
    events.clear();
    book.execute(command, 1, events);
  });
}

function timePlain({ commands, fillCount, count }: MixedFlow): Float64Array {
  const book = new PlainBook();
  const trades: PlainTrade[] = [];
  book.execute(commands, 0, fillCount, trades);
  return timeEach(count - fillCount, (index) => {
    trades.length = 0;
    book.execute(commands, fillCount + index, fillCount + index + 1, trades);
  });
}

function timeEach(count: number, step: (index: number) => void): Float64Array {
  const clock = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    clock[index] = (performance.now() - started) * 1e6;
  }
  const clockNs = median(Array.from(clock));
  const times = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    step(index);
    times[index] = Math.max(0, Math.round((performance.now() - started) * 1e6 - clockNs));
  }
  return times;
}

function rate(count: number, started: number): number {
  return (count / (performance.now() - started)) * 1000;
}

function fold(checksum: number, maker: number, taker: number, price: number, quantity: number): number {
  return (Math.imul(checksum, 31) + maker + Math.imul(taker, 7) + Math.imul(price, 13) + quantity) | 0;
}
