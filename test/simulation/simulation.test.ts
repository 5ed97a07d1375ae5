import test from 'ava';
import { FAULTS } from './faults.ts';
import { runScript } from './run-script.ts';
import { Simulation } from './simulation.ts';

/**
 * What the whole suite has room for, and enough that each fault fires many times; `npm run simulate` goes on for as long as is
 * wished.
 */
const SEEDS = 18;

test.serial('the same seed makes the same world, to the last step', async (t) => {
  const hashes: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const { traceHash, failure } = await new Simulation({ seed: 7, commands: 300 }).run();
    t.is(failure, null);
    hashes.push(traceHash);
  }
  t.is(hashes[0], hashes[1]);
  const other = await new Simulation({ seed: 8, commands: 300 }).run();
  t.not(other.traceHash, hashes[0]);
  const traced = await runScript('main.ts', ['--seed', '7', '--seeds', '1', '--commands', '300', '--trace']);
  t.true(traced.out.includes(`trace hash ${hashes[0]}`), 'in another process as well');
});

test.serial('worlds keep every promise, and everything that can go wrong did', async (t) => {
  // Other worlds in every run; the seed that broke one is printed.
  const seed = String(1 + (Date.now() % 1_000_000));
  const args = ['--seeds', String(SEEDS), '--workers', '1', '--seed', seed];
  const { code, out } = await runScript('main.ts', args);
  t.log(out);
  t.is(code, 0);
  for (const fault of FAULTS) t.regex(out, new RegExp(` [1-9]\\d* ${fault}\\n`), `never: ${fault}`);
});
