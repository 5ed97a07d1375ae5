import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { writeLogFile } from '../../src/cli/log-file.ts';
import { shortestPrefix } from './shortest.ts';
import { Simulation, type SimulationResult } from './simulation.ts';
import { SimulationTotals } from './totals.ts';
import type { WorkerTask } from './worker.ts';

/**
 * Runs simulated worlds: `npm run simulate -- --seeds 500 [--seed 1] [--commands 2000] [--seconds 60] [--workers 2] [--trace]`.
 * Ends with 1 when a promise was broken.
 */

const LOG_LINES = 25;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    commands: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '86400' },
    workers: { type: 'string', default: String(availableParallelism()) },
    trace: { type: 'boolean', default: false },
  },
});
const [seeds, firstSeed, commands, seconds, workers] = (
  ['seeds', 'seed', 'commands', 'seconds', 'workers'] as const
).map((name) => wholeNumber(name, values[name])) as [number, number, number, number, number];

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number from 1, not ${text}`);
  process.exit(2);
}

const startedAtMs = Date.now();
const totals = new SimulationTotals();
let failed: SimulationResult | undefined;

function take(result: SimulationResult): void {
  totals.add(result);
  if (result.failure !== null && (failed === undefined || result.seed < failed.seed)) failed = result;
}

if (values.trace) {
  const onTrace = (line: string) => console.log(line);
  for (let seed = firstSeed; seed < firstSeed + seeds && failed === undefined; seed += 1) {
    console.log(`seed ${seed}`);
    const result = await new Simulation({ seed, commands, onTrace }).run();
    console.log(`trace hash ${result.traceHash}`);
    take(result);
  }
} else await runWorkers();

async function runWorkers(): Promise<void> {
  const nextSeed = new SharedArrayBuffer(4);
  new Int32Array(nextSeed)[0] = firstSeed;
  const untilSeed = firstSeed + seeds;
  const workerData: WorkerTask = { nextSeed, untilSeed, commands, untilMs: startedAtMs + seconds * 1_000 };
  const isOver = () =>
    Atomics.load(new Int32Array(nextSeed), 0) >= untilSeed || Date.now() >= workerData.untilMs;
  const running = Array.from({ length: workers }, async () => {
    while (!isOver()) await runWorker();
  });
  await Promise.all(running);

  async function runWorker(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (result: SimulationResult) => {
        take(result);
        // Those under way may end; no other begins.
        if (result.failure !== null) Atomics.store(new Int32Array(nextSeed), 0, untilSeed);
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  }
}

const minutes = (Date.now() - startedAtMs) / 60_000;
const { seeds: ran, messages, commits, virtualMs } = totals;
console.log(
  `${ran} seeds from ${firstSeed}, ${commands} commands each: ${(ran / minutes).toFixed(0)} seeds/minute`,
);
console.log(
  `${messages} messages committed in ${commits} commits, ${(virtualMs / 60_000).toFixed(0)} virtual minutes`,
);
for (const [fault, count] of totals.faults) console.log(`  ${String(count).padStart(7)} ${fault}`);

if (failed === undefined) console.log('every promise was kept');
else {
  const shortest = await shortestPrefix(failed);
  const lines: string[] = [];
  const again = { seed: shortest.seed, commands: shortest.commands };
  const world = new Simulation({ ...again, onTrace: (line) => lines.push(line) });
  await world.run();
  const file = join(tmpdir(), `bourse-simulation-${again.seed}-${again.commands}.jsonl`);
  await writeLogFile(file, Readable.from(world.log));
  console.log(`\nBROKEN with seed ${shortest.seed}: ${shortest.failure!.detail}`);
  console.log(`\nThe last of ${lines.length} lines of its shortest prefix, ${shortest.commands} commands:`);
  for (const line of lines.slice(-LOG_LINES)) console.log(line);
  console.log(
    `\nAgain: npm run simulate -- --seed ${again.seed} --seeds 1 --commands ${again.commands} --trace`,
  );
  console.log(`What was committed: npm run -s bourse -- replay --import ${file} --from 1`);
  process.exitCode = 1;
}
