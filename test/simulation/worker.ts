import { parentPort, workerData } from 'node:worker_threads';
import { Simulation, type SimulationResult } from './simulation.ts';

/** What a worker is given: seeds are handed out by counting up the shared number, until it is told to end. */
export interface WorkerTask {
  readonly nextSeed: SharedArrayBuffer;
  readonly untilSeed: number;
  readonly commands: number;
  readonly untilMs: number;
}

/** Crashed processes of a world leave things in the memory that nobody ends; they go with the worker, and another one goes on. */
const WORLDS_A_WORKER = 40;

const { nextSeed, untilSeed, commands, untilMs } = workerData as WorkerTask;
const counter = new Int32Array(nextSeed);
for (let world = 0; world < WORLDS_A_WORKER && Date.now() < untilMs; world += 1) {
  const seed = Atomics.add(counter, 0, 1);
  if (seed >= untilSeed) break;
  const result: SimulationResult = await new Simulation({ seed, commands }).run();
  parentPort!.postMessage(result);
}
