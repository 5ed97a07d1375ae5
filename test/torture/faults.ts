import { setTimeout as delay } from 'node:timers/promises';
import type { Machine } from './machine.ts';

/** What is done to a machine. It resolves when the fault is over: from then on the exchange has to recover. */
export interface RealFault {
  readonly name: string;
  /** Whether the data must be on a disk of its own. */
  readonly needsDisk?: true;
  strike(machine: Machine, random: () => number): Promise<void>;
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
}

const between = (random: () => number, from: number, to: number) => from + random() * (to - from);

export const REAL_FAULTS: readonly RealFault[] = [
  {
    name: 'exchange killed (SIGKILL)',
    async strike(machine) {
      await machine.server.kill('SIGKILL');
      await machine.startServer();
    },
  },
  {
    name: 'PostgreSQL killed (SIGKILL)',
    async strike(machine) {
      signal([machine.postgres.pid], 'SIGKILL');
      // Until what was answered before has arrived, so that it does not count as recovery.
      await delay(200);
    },
  },
  {
    name: 'exchange stopped and continued',
    async strike(machine, random) {
      const { pid } = machine.server;
      signal([pid], 'SIGSTOP');
      await delay(between(random, 500, 6_000));
      signal([pid], 'SIGCONT');
    },
  },
  {
    name: 'PostgreSQL stopped and continued',
    async strike(machine, random) {
      const pids = await machine.postgresPids();
      signal(pids, 'SIGSTOP');
      await delay(between(random, 500, 6_000));
      signal(pids, 'SIGCONT');
    },
  },
  {
    name: 'connections to PostgreSQL cut',
    async strike(machine) {
      machine.wire.drop();
      await delay(50);
    },
  },
  {
    name: 'slow wire to PostgreSQL',
    async strike(machine, random) {
      machine.wire.set({ kind: 'slow', delayMs: between(random, 50, 1_500) });
      await delay(between(random, 1_000, 5_000));
      machine.wire.set({ kind: 'open' });
    },
  },
  {
    name: 'answers of PostgreSQL lost, then cut',
    async strike(machine, random) {
      machine.wire.set({ kind: 'half-closed' });
      await delay(between(random, 500, 6_000));
      machine.wire.drop();
      machine.wire.set({ kind: 'open' });
    },
  },
  {
    name: 'PostgreSQL out of reach without a word',
    async strike(machine, random) {
      machine.wire.set({ kind: 'silent' });
      await delay(between(random, 500, 12_000));
      machine.wire.set({ kind: 'open' });
    },
  },
  {
    name: 'connections to PostgreSQL forgotten',
    async strike(machine) {
      machine.wire.forget();
      // As above.
      await delay(200);
    },
  },
  {
    name: 'disk full',
    async strike(machine, random) {
      await machine.disk!.fill();
      await delay(between(random, 500, 8_000));
      await machine.disk!.free();
    },
    needsDisk: true,
  },
  {
    name: 'disk full (injected on the wire)',
    async strike(machine, random) {
      machine.wire.set({ kind: 'disk-full' });
      await delay(between(random, 500, 4_000));
      machine.wire.set({ kind: 'open' });
    },
  },
  {
    name: 'a second exchange takes over',
    async strike(machine) {
      const first = machine.server;
      await machine.startServer();
      const { code } = await first.exited;
      if (code !== 3) throw new Error(`the first exchange ended with ${code}, not 3`);
    },
  },
];
