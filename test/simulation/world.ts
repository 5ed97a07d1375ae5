import { createHash } from 'node:crypto';
import { ExpiryQueue } from '../../src/domain/expiry-queue.ts';
import type { Random } from './random.ts';
import { realSetImmediate } from './real-time.ts';

/** Something that runs and can crash: a process of the exchange, PostgreSQL, a client. What it had begun dies with it. */
export interface Owner {
  readonly name: string;
  isAlive: boolean;
  /** How far its wall clock is from the world's time, in milliseconds. */
  clockSkewMs: number;
}

/** Work that is scheduled. */
export interface Task {
  readonly owner: Owner;
  readonly run: () => void;
  /** When it may run, in the world's milliseconds. */
  atMs: number;
  readonly no: number;
  isCanceled: boolean;
}

/** 2026-01-01, so that days and minutes are what they are in life. */
const BEGINS_AT_MS = 1_767_225_600_000;
/** One in so many steps time goes on though something could run: a processor that is slow. */
const SLOW_STEPS = 64;
const SLOW_BY_MS = 5;
/** Steps after which the real event loop gets its turn. */
const STEPS_A_TURN = 256;

/**
 * A world whose time, chance and order of events come from one seed. All that runs in it is scheduled here; of what could run
 * now, chance chooses.
 */
export class World {
  readonly random: Random;
  nowMs = 0;
  steps = 0;
  /** Whose work runs at the moment; what it schedules is his. */
  current: Owner;
  readonly #ready: Task[] = [];
  readonly #later = new ExpiryQueue<Task>((a, b) => a.atMs - b.atMs || a.no - b.no);
  readonly #trace = createHash('sha256');
  readonly #onTrace: ((line: string) => void) | undefined;
  #scheduled = 0;
  #error: unknown;
  #hasFailed = false;

  constructor(random: Random, onTrace?: (line: string) => void) {
    this.random = random;
    this.#onTrace = onTrace;
    this.current = this.owner('world');
  }

  owner(name: string): Owner {
    return { name, isAlive: true, clockSkewMs: 0 };
  }

  /** Milliseconds since the Unix epoch, as the current owner's clock has them. */
  wallClock(owner: Owner = this.current): number {
    return BEGINS_AT_MS + Math.floor(this.nowMs) + owner.clockSkewMs;
  }

  schedule(owner: Owner, delayMs: number, run: () => void): Task {
    this.#scheduled += 1;
    const task = { owner, run, atMs: this.nowMs + delayMs, no: this.#scheduled, isCanceled: false };
    if (delayMs <= 0) this.#ready.push(task);
    else this.#later.add(task);
    return task;
  }

  cancel(task: Task): void {
    task.isCanceled = true;
    this.#later.remove(task);
  }

  /** All that the owner had scheduled is lost, and nothing that was asked for him is answered any more. */
  crash(owner: Owner): void {
    owner.isAlive = false;
    this.trace('crash', owner.name);
  }

  /** Something that must come out the same whenever the seed is the same. */
  trace(...words: readonly (string | number)[]): void {
    const line = `${this.nowMs.toFixed(0).padStart(7)} ${words.join(' ')}`;
    this.#trace.update(`${line}\n`);
    this.#onTrace?.(line);
  }

  traceHash(): string {
    return `${this.#trace.copy().digest('hex').slice(0, 16)}-${this.steps}`;
  }

  /** Something went wrong in work that nobody waits for. */
  fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#error = error;
  }

  /**
   * Lets the world run.
   * @throws what was failed with, and when nothing is left to do
   */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      // All that a task's promises lead to is done before the next one: a tick that a microtask asks for comes after the
      // last of them. Now and then a turn of the real loop, for those who wait beside the world.
      const next = () => {
        if (this.steps % STEPS_A_TURN === 0) realSetImmediate(turn);
        else queueMicrotask(afterMicrotasks);
      };
      const afterMicrotasks = () => process.nextTick(turn);
      const turn = () => {
        try {
          if (this.#hasFailed) return reject(this.#error);
          if (isOver()) return resolve();
          const task = this.#next();
          this.steps += 1;
          this.current = task.owner;
          task.run();
        } catch (error) {
          return reject(error);
        }
        next();
      };
      realSetImmediate(turn);
    });
  }

  #next(): Task {
    if (this.random.oneIn(SLOW_STEPS)) this.nowMs += this.random.below(SLOW_BY_MS);
    for (;;) {
      for (
        let task = this.#later.first;
        task !== undefined && task.atMs <= this.nowMs;
        task = this.#later.first
      ) {
        this.#later.remove(task);
        this.#ready.push(task);
      }
      if (this.#ready.length > 0) {
        const at = this.random.below(this.#ready.length);
        const task = this.#ready[at]!;
        const last = this.#ready.pop()!;
        if (last !== task) this.#ready[at] = last;
        if (!task.isCanceled && task.owner.isAlive) return task;
        continue;
      }
      const next = this.#later.first;
      if (next === undefined) throw new Error('nothing is left to do, but the end was not reached');
      this.nowMs = next.atMs;
    }
  }
}
