import test from 'ava';
import { runMarkets } from '../../support/naive-market-runs.ts';

/** A market draws about 94 commands. */
const MARKETS = 1_100;
const COMMANDS = 100_000;

test('a market does what its naive twin does, whatever orders of every type come', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { commands, difference } = runMarkets(MARKETS, seed);
  if (difference !== undefined) return t.fail(difference);
  t.log(`seed ${seed}: ${commands} commands`);
  t.true(commands > COMMANDS * 0.9);
});
