import { setTimeout as delay } from 'node:timers/promises';
import type { Driver, DriverClient, DriverFactory } from 'slonik';
import { sqlState } from './errors.ts';

/** How long PostgreSQL may say nothing before it is asked, over another connection, whether it is still at work. */
const SILENCE_MS = 5_000;
/** How long that question may take, connecting included. */
const LOOK_MS = 5_000;

/** PostgreSQL is not at work on the statement and has not answered it, or can't be asked. Its outcome is not known. */
export class SilentConnectionError extends Error {
  /** What the operating system says when it gives such a connection up, a quarter of an hour later. */
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('PostgreSQL does not answer, and does not work on an answer either');
  }
}

/** The processes of PostgreSQL that are at work, or null where it answered but would not tell. */
type AtWork = ReadonlySet<number> | null;

interface Look {
  readonly beganAtMs: number;
  readonly result: Promise<AtWork>;
}

/**
 * A driver whose connections are given up when PostgreSQL has vanished without a word: a host that lost its power, a network
 * that drops packets, a firewall that forgot a connection. The operating system would wait for minutes. A deadline for
 * statements would not do: a large batch may take as long as it likes. So whoever waits for longer than
 * `silenceMs` looks whether PostgreSQL is at work on his statement, again and again, and waits on while it is.
 */
export function givingUpSilence(factory: DriverFactory, silenceMs = SILENCE_MS): DriverFactory {
  return async (parameters) => watchedDriver(await factory(parameters), silenceMs);
}

function watchedDriver(driver: Driver, silenceMs: number): Driver {
  const clients = new Set<DriverClient>();
  let look: Look | undefined;

  /** One look for all who wait, if it began after their statement was sent. */
  function whoIsAtWork(sentAtMs: number): Promise<AtWork> {
    if (look === undefined || look.beganAtMs < sentAtMs) {
      look = { beganAtMs: performance.now(), result: lookAround(driver) };
    }
    const mine = look;
    const forget = () => {
      if (look === mine) look = undefined;
    };
    mine.result.then(forget, forget);
    return mine.result;
  }

  async function isGone(pid: number, sentAtMs: number): Promise<boolean> {
    try {
      const atWork = await whoIsAtWork(sentAtMs);
      return atWork !== null && !atWork.has(pid);
    } catch {
      // Not even a new connection is answered.
      return true;
    }
  }

  function watched(client: DriverClient, pid: number): DriverClient {
    const query: DriverClient['query'] = (...parameters) =>
      new Promise((resolve, reject) => {
        const sentAtMs = performance.now();
        let timer: NodeJS.Timeout | undefined;
        let isOver = false;
        const wait = () => {
          timer = setTimeout(async () => {
            const gone = await isGone(pid, sentAtMs);
            if (isOver) return;
            if (!gone) return wait();
            isOver = true;
            reject(new SilentConnectionError());
            discard(client);
            // What happened to this one has happened to others, which would keep their next users waiting just as long.
            for (const other of clients) if (other.state() === 'IDLE') discard(other);
          }, silenceMs);
        };
        wait();
        client
          .query(...parameters)
          .finally(() => {
            isOver = true;
            clearTimeout(timer);
          })
          .then(resolve, reject);
      });
    return { ...client, query };
  }

  return {
    async createClient() {
      const client = await driver.createClient();
      clients.add(client);
      client.on('destroy', () => clients.delete(client));
      return watched(client, await processOf(client));
    },
  };
}

/** Nobody waits for its end: that may take as long as the silence. */
function discard(client: DriverClient): void {
  client.destroy().catch(() => {});
}

async function processOf(client: DriverClient): Promise<number> {
  const [row] = await ask(client, 'select pg_backend_pid() as pid');
  return (row as { readonly pid: number }).pid;
}

async function lookAround(driver: Driver): Promise<AtWork> {
  const connecting = driver.createClient();
  try {
    const client = await within(connecting);
    // Where activity is not tracked the state is null or 'disabled'.
    const rows = await ask(
      client,
      "select pid from pg_stat_activity where state is null or state not like 'idle%'",
    );
    return new Set((rows as { readonly pid: number }[]).map(({ pid }) => pid));
  } catch (error) {
    // It has no connection to spare: so it lives.
    if (sqlState(error) === '53300') return null;
    throw error;
  } finally {
    connecting.then(discard, () => {});
  }
}

/** A question of this file, which is not watched itself: unanswered in time it is an error, and the client is given up. */
async function ask(client: DriverClient, text: string): Promise<readonly unknown[]> {
  client.acquire();
  try {
    const { rows } = await within(client.query(text));
    await client.release();
    return rows;
  } catch (error) {
    discard(client);
    throw error;
  }
}

async function within<Value>(promise: Promise<Value>): Promise<Value> {
  const timer = new AbortController();
  const tooLate = delay(LOOK_MS, undefined, { signal: timer.signal }).then(() => {
    throw new SilentConnectionError();
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    timer.abort();
    tooLate.catch(() => {});
  }
}
