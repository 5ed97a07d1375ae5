import { parseArgs } from 'node:util';
import { runMarkets } from '../support/naive-market-runs.ts';

/** Runs markets beside their naive twins for as long as is wished: `npm run soak -- --commands 10000000 --seed 1`. */

const MARKETS_AT_ONCE = 200;
const PROGRESS_MS = 5_000;

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const wanted = wholeNumber('commands', values.commands);
const firstSeed = wholeNumber('seed', values.seed);
const startedAtMs = Date.now();
let commands = 0;
let digest = 0;
let shownAtMs = startedAtMs;

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number, not ${text}`);
  process.exit(2);
}

function showProgress(): void {
  shownAtMs = Date.now();
  const seconds = Math.max(1, (shownAtMs - startedAtMs) / 1_000);
  console.log(`${commands} commands, ${seconds.toFixed(0)} s, ${Math.round(commands / seconds)} a second`);
}

console.log(`seed ${firstSeed}, ${wanted} commands`);
for (let seed = firstSeed; commands < wanted; seed += 1) {
  const runs = runMarkets(MARKETS_AT_ONCE, seed);
  commands += runs.commands;
  digest = (digest + runs.digest) % Number.MAX_SAFE_INTEGER;
  if (runs.difference !== undefined) {
    console.error(
      `\nThe market differs from its naive twin (again with --seed ${seed}):\n${runs.difference}`,
    );
    process.exit(1);
  }
  if (Date.now() - shownAtMs >= PROGRESS_MS) showProgress();
}
showProgress();
console.log(`no difference; digest of all states ${digest.toString(16)}`);
