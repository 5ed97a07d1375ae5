import { parseArgs } from 'node:util';
import { plant } from './plant.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';

/** Looks for a planted bug, seed after seed: `node test/simulation/hunt.ts --bug NAME [--seed S]`. Prints a line of JSON. */

const { values } = parseArgs({
  options: {
    bug: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1000' },
    commands: { type: 'string', default: '500' },
  },
});
const bug = PLANTED_BUGS.find(({ name }) => name === values.bug);
if (bug === undefined) throw new Error(`--bug is one of ${PLANTED_BUGS.map(({ name }) => name).join(', ')}`);
plant(bug);
// Only now: what it imports must have the bug.
const { Simulation } = await import('./simulation.ts');
const firstSeed = Number(values.seed);
for (let seed = firstSeed; seed < firstSeed + Number(values.seeds); seed += 1) {
  const { failure } = await new Simulation({ seed, commands: Number(values.commands) }).run();
  if (failure === null) continue;
  console.log(JSON.stringify({ bug: bug.name, seed, ...failure }));
  process.exit(0);
}
console.log(JSON.stringify({ bug: bug.name, seed: null }));
process.exit(1);
