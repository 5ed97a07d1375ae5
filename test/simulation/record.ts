import { readdir, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeLogFile } from '../../src/cli/log-file.ts';
import { replayRecorded } from './recorded.ts';
import { Simulation } from './simulation.ts';

/**
 * Records what worlds committed, and what every message led to:
 * `node test/simulation/record.ts [--seed 11 --commands 300]` records a world, and writes anew what all logs there lead to.
 * Look at the difference before it is committed: it is a change of behaviour.
 */

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
/** Longer ones are held to what they come to only. */
const MOST_STEPS = 200_000;

const { values } = parseArgs({
  options: { seed: { type: 'string' }, commands: { type: 'string', default: '300' } },
});
if (values.seed !== undefined) {
  const world = new Simulation({ seed: Number(values.seed), commands: Number(values.commands) });
  const { failure } = await world.run();
  if (failure !== null) throw new Error(failure.detail);
  await writeLogFile(`${FIXTURES}world-${values.seed}.jsonl.gz`, Readable.from(world.livedLog));
}
for (const name of await readdir(FIXTURES)) {
  if (!name.endsWith('.jsonl.gz')) continue;
  const { outcome, steps } = await replayRecorded(FIXTURES + name);
  const base = FIXTURES + name.replace('.jsonl.gz', '');
  await writeFile(`${base}.outcome.json`, `${JSON.stringify(outcome, null, 2)}\n`);
  if (steps.length <= MOST_STEPS) await writeFile(`${base}.steps.txt`, steps);
}
