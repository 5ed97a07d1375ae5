import type { Task, World } from './world.ts';

/** Stands in for the timers, the clock and the chance of the runtime: all of it comes from a world. */

type Callback = (...args: unknown[]) => void;

class VirtualTimer {
  readonly #world: World;
  #task: Task;

  constructor(world: World, delayMs: number, run: () => void, repeats: boolean) {
    this.#world = world;
    const owner = world.current;
    const ring = () => {
      if (repeats) this.#task = world.schedule(owner, delayMs, ring);
      run();
    };
    this.#task = world.schedule(owner, delayMs, ring);
  }

  cancel(): void {
    this.#world.cancel(this.#task);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

const NAMES = [
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
] as const;

/** Replaces them until the returned function puts the real ones back. */
export function enterWorld(world: World): () => void {
  const scope = globalThis as unknown as Record<string, unknown>;
  const real = NAMES.map((name) => [name, scope[name]] as const);
  const { now: realDateNow } = Date;
  const { random: realRandom } = Math;
  const realPerformanceNow = performance.now;
  const timer =
    (repeats: boolean) =>
    (run: Callback, delayMs = 1, ...args: unknown[]) =>
      new VirtualTimer(world, Math.max(1, delayMs), () => run(...args), repeats);
  const cancel = (one: unknown) => {
    if (one instanceof VirtualTimer) one.cancel();
  };
  scope['setImmediate'] = (run: Callback, ...args: unknown[]) =>
    new VirtualTimer(world, 0, () => run(...args), false);
  scope['setTimeout'] = timer(false);
  scope['setInterval'] = timer(true);
  for (const name of ['clearImmediate', 'clearTimeout', 'clearInterval']) scope[name] = cancel;
  Date.now = () => world.wallClock();
  Math.random = () => world.random.fraction();
  performance.now = () => world.nowMs;
  return () => {
    for (const [name, value] of real) scope[name] = value;
    Date.now = realDateNow;
    Math.random = realRandom;
    performance.now = realPerformanceNow;
  };
}
