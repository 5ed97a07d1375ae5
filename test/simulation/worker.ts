import { parentPort, workerData } from 'node:worker_threads';
import { Simulation, type SimulationResult } from './simulation.ts';

/** What a worker is given: seeds are handed out by counting up the shared number, until it is told to end. */
export interface WorkerTask {
  readonly nextSeed: SharedArrayBuffer;
  readonly untilSeed: number;
  readonly commands: number;
  readonly untilMs: number;
}

const { nextSeed, untilSeed, commands, untilMs } = workerData as WorkerTask;
const counter = new Int32Array(nextSeed);
while (Date.now() < untilMs) {
  const seed = Atomics.add(counter, 0, 1);
  if (seed >= untilSeed) break;
  const result: SimulationResult = await new Simulation({ seed, commands }).run();
  parentPort!.postMessage(result);
}
