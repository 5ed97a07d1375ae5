import { setTimeout as delay } from 'node:timers/promises';
import type { Wire } from '../support/database-wire.ts';
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

/** The wire is like this for a while. */
function onTheWire(wire: (random: () => number) => Wire, fromMs: number, toMs: number): RealFault['strike'] {
  return async (machine, random) => {
    machine.wire.set(wire(random));
    await delay(between(random, fromMs, toMs));
    machine.wire.set({ kind: 'open' });
  };
}

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
    strike: onTheWire((random) => ({ kind: 'slow', delayMs: between(random, 50, 1_500) }), 1_000, 5_000),
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
    strike: onTheWire(() => ({ kind: 'silent' }), 500, 12_000),
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
    strike: onTheWire(() => ({ kind: 'disk-full' }), 500, 4_000),
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
