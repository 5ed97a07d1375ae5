import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { FAULTS } from './faults.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { Simulation } from './simulation.ts';

/**
 * What the whole suite has room for, and enough that each fault fires many times; `npm run simulate` goes on for as long as is
 * wished.
 */
const SEEDS = 14;

function run(
  file: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly out: string }> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out }));
  });
}

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
  const traced = await run('main.ts', ['--seed', '7', '--seeds', '1', '--commands', '300', '--trace']);
  t.true(traced.out.includes(`trace hash ${hashes[0]}`), 'in another process as well');
});

test.serial('worlds keep every promise, and everything that can go wrong did', async (t) => {
  // Other worlds in every run; the seed that broke one is printed.
  const seed = String(1 + (Date.now() % 1_000_000));
  const args = ['--seeds', String(SEEDS), '--workers', '1', '--seed', seed];
  const { code, out } = await run('main.ts', args);
  t.log(out);
  t.is(code, 0);
  for (const fault of FAULTS) t.regex(out, new RegExp(` [1-9]\\d* ${fault}\\n`), `never: ${fault}`);
});

for (const { name } of PLANTED_BUGS) {
  test.serial(`a planted bug is found: ${name}`, async (t) => {
    const { code, out } = await run('hunt.ts', ['--bug', name, '--commands', '300']);
    t.is(code, 0, out);
    const { seed, detail } = JSON.parse(out.trim().split('\n').at(-1)!);
    t.true(seed >= 1 && seed <= 1_000);
    t.log(`seed ${seed}: ${String(detail).split('\n')[0]}`);
  });
}
