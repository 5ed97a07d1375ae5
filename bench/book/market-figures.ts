import assert from 'node:assert/strict';
import type { MarketCommand } from '../../src/actors/market-messages.ts';
import { Matching } from '../../src/actors/markets/matching.ts';
import { emptyMarket } from '../../src/domain/snapshots.ts';
import { alternate } from '../harness/alternate.ts';
import { alone, compared, type Figure } from '../harness/figure.ts';
import { median } from '../harness/statistics.ts';
import { benchMarket, cascadeFlow, marketFlow } from './market-flow.ts';

const ROUNDS = 5;
const CASCADES = [1_000, 10_000, 100_000] as const;

/** Commands a second of a whole market (orders with their fees, holds, lists and stops), plain and special ones beside them. */
export async function marketFigures(count: number, log: (line: string) => void): Promise<Figure[]> {
  log(`engine: a market with ${count.toLocaleString('en-US')} plain and as many special commands`);
  const plain = marketFlow(count, false);
  const special = marketFlow(count, true);
  const rates = await alternate({ plain: () => rateOf(plain), special: () => rateOf(special) }, ROUNDS);
  const cascades = await Promise.all(CASCADES.map((stops) => cascadeNs(stops)));
  const [first] = cascades;
  return [
    alone({ name: 'market, plain orders', value: median(rates.plain), unit: 'thousand commands/s' }),
    compared(
      {
        name: 'market, stops, icebergs and lists',
        value: median(rates.special),
        unit: 'thousand commands/s',
      },
      'plain orders',
      median(rates.plain),
    ),
    ...cascades.map((nsAStop, index) => {
      const stops = CASCADES[index]!;
      const name = `cascade of ${stops.toLocaleString('en-US')} stops: ${Math.round((nsAStop * stops) / 1e6)} ms`;
      return compared({ name, value: nsAStop, unit: 'ns/stop' }, 'cascade of 1,000', first!);
    }),
  ];
}

function rateOf(commands: readonly MarketCommand[]): number {
  const matching = new Matching(benchMarket(), emptyMarket(benchMarket()));
  const started = performance.now();
  let atMs = 1;
  for (const command of commands) matching.handle(structuredOf(command), atMs++, 0);
  return commands.length / (performance.now() - started);
}

/** A command belongs to who handles it, so each run gets its own. */
function structuredOf(command: MarketCommand): MarketCommand {
  return command.type === 'submitOrder' ? { ...command, order: { ...command.order } } : command;
}

/** Nanoseconds for each stop of a cascade, in messages as long as they may be. */
async function cascadeNs(stops: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const matching = new Matching(benchMarket(), emptyMarket(benchMarket()), stops);
    const commands = cascadeFlow(stops);
    const last = commands.pop()!;
    for (const command of commands) matching.handle(command, 1, 0);
    const started = performance.now();
    let trades = tradesOf(matching, last);
    while (matching.state.due.size > 0) trades += tradesOf(matching, { type: 'fireStops' });
    times.push(((performance.now() - started) * 1e6) / stops);
    assert.equal(trades, stops + 1, 'each stop fires the next');
  }
  return median(times);
}

function tradesOf(matching: Matching, command: MarketCommand): number {
  const effect = matching.handle(command, 2, 0);
  return effect.type === 'marketEffect' ? effect.trades.length : 0;
}
