import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

export interface TestRedis {
  readonly url: string;
  /** Kills it, as a machine that fails would. */
  stop(): Promise<void>;
  /** Starts it again at the same address, with nothing in it. */
  start(): Promise<void>;
}

const MISSING =
  'redis-server is not installed: with Debian `apt-get install redis-server`, or set REDIS_TESTS=off to leave these tests out.';

/** Whether the tests of Redis are left out because somebody said so; what is missing fails. */
export const redisTestsAreOff = process.env.REDIS_TESTS === 'off';

/** A Redis of the test's own on a free port, gone at its end. */
export async function startRedis(t: ExecutionContext): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'bourse-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory];
    const started = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
    child = started;
    await new Promise<void>((resolve, reject) => {
      started.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? new Error(MISSING) : error),
      );
      started.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
      let text = '';
      started.stdout!.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (/Ready to accept connections/.test(text)) resolve();
      });
    });
  }

  async function stop(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child!.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  t.teardown(async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  });
  await start();
  return { url: `redis://127.0.0.1:${port}`, stop, start };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
