import { Simulation, type SimulationResult } from './simulation.ts';

/** The fewest commands after which a world breaks the same promise. */
export async function shortestPrefix(failed: SimulationResult): Promise<SimulationResult> {
  const { seed, failure } = failed;
  let shortest = failed;
  let tooFew = 0;
  let enough = failure!.atCommand;
  while (tooFew + 1 < enough) {
    const commands = Math.floor((tooFew + enough) / 2);
    const result = await new Simulation({ seed, commands }).run();
    if (result.failure?.promise === failure!.promise) {
      shortest = result;
      enough = Math.min(commands, result.failure.atCommand);
    } else tooFew = commands;
  }
  return shortest;
}
