import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The processes of a benchmark: the exchange, load generators, yardsticks. All of them end with the benchmark. */

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 120_000;

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** An exchange in a process of its own, with everything on, as `npm start` starts it. */
export interface ExchangeProcess {
  readonly port: number;
  readonly pid: number;
  readonly databaseUrl: string;
  readonly jwtSecret: string;
  /** From the start of the process until it said that it is open. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/**
 * Starts an exchange and waits until it is open.
 * @param databaseUrl undefined: an embedded PostgreSQL in the directory
 */
export async function startExchangeProcess(dataDir: string, databaseUrl?: string): Promise<ExchangeProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...extraNodeFlags(), MAIN], {
    env: {
      ...process.env,
      NODE_ENV: '',
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl ?? '',
      JWT_SECRET: '',
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => children.delete(child));
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('the exchange did not open in time')), START_TIMEOUT_MS);
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = /is open at http:\/\/localhost:(\d+)/.exec(text);
      if (match === null) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the exchange ended with code ${code} before it was open: ${text}`));
    });
  });
  const startMs = performance.now() - startedAt;
  return {
    port,
    pid: child.pid!,
    startMs,
    databaseUrl: databaseUrl ?? (await readFile(join(dataDir, 'database.url'), 'utf8')).trim(),
    jwtSecret: (await readFile(join(dataDir, 'jwt.secret'), 'utf8')).trim(),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Flags for the exchange's node, such as `--cpu-prof`, from the environment. */
function extraNodeFlags(): string[] {
  return (process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '');
}

/** A module of ours in a process of its own. It is sent one message and answers with messages. */
export interface Worker<Answer> {
  /** The next message; rejects if the process ends before. */
  next(): Promise<Answer>;
  send(message: object): void;
  /** Resolves when it has ended by itself. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** @param module next to the caller, for example `new URL('./load/http-load.ts', import.meta.url)` */
export function startWorker<Answer>(module: URL, task: object): Worker<Answer> {
  const child = fork(fileURLToPath(module), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.add(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => children.delete(child));
  const arrived: Answer[] = [];
  let wake: (() => void) | undefined;
  let over = false;
  child.on('message', (message) => {
    arrived.push(message as Answer);
    wake?.();
  });
  void ended.then(() => {
    over = true;
    wake?.();
  });
  child.send(task);
  return {
    async next() {
      while (arrived.length === 0) {
        if (over) throw new Error(`${fileURLToPath(module)} ended without an answer`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return arrived.shift()!;
    },
    send: (message) => void child.send(message),
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Does one task in a process of its own. */
export async function runWorker<Answer>(module: URL, task: object): Promise<Answer> {
  const worker = startWorker<Answer>(module, task);
  try {
    return await worker.next();
  } finally {
    await worker.stop();
  }
}

/** Memory that a process has in RAM, as `ps` sees it. */
export async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1024;
}

/** Gives a new directory to the work and takes it away afterwards. */
export async function withTemporaryDirectory<Value>(work: (path: string) => Promise<Value>): Promise<Value> {
  const path = await mkdtemp(join(tmpdir(), 'bourse-bench-'));
  try {
    return await work(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}
