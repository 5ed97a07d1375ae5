import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

/** What these need of a test. */
export type Test = Pick<ExecutionContext, 'teardown'>;

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const endWithParent = new URL('./end-with-parent.ts', import.meta.url).href;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** All that it wrote to standard error. */
  readonly stderr: string;
}

/** An exchange in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Resolves with the first line of its log that says this, from now on. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** What it has written to standard output for people, without its log. */
  printed(): string;
  kill(signal: NodeJS.Signals): Promise<Exit>;
}

const DATA_KEY = 'a data key for tests, long enough to be one';

/** Runs `src/main.ts` with nothing but these variables, a data key and no demo, until it ends by itself; killed at the test's end. */
export function runMain(t: Test, env: Readonly<Record<string, string>>) {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(process.execPath, ['--import', endWithParent, main], {
    env: { PATH, NODE_COMPILE_CACHE, HOST: '127.0.0.1', PORT: '0', DATA_KEY, DEMO: 'off', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exited = once(child, 'close').then(([code, signal]): Exit => ({ code, signal, stderr }));
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  return { child, exited, lines: createInterface(child.stdout) };
}

/** Starts an exchange process and waits until its doors are open. */
export async function startServer(t: Test, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const { child, exited, lines } = runMain(t, env);
  const waiting = new Map<string, ((record: Record<string, unknown>) => void)[]>();
  let printed = '';
  lines.on('line', (line) => {
    if (!line.startsWith('{')) {
      printed += `${line}\n`;
      return;
    }
    const record = JSON.parse(line);
    for (const resolve of waiting.get(record.msg) ?? []) resolve(record);
    waiting.delete(record.msg);
  });
  const logged = (message: string) => {
    const record = new Promise<Record<string, unknown>>((resolve, reject) => {
      waiting.set(message, [...(waiting.get(message) ?? []), resolve]);
      void exited.then(({ code, stderr }) => reject(new Error(`the server ended with ${code}: ${stderr}`)));
    });
    // Who stopped waiting for it doesn't care any more.
    record.catch(() => {});
    return record;
  };
  const { port } = await logged('the exchange is open');
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    exited,
    logged,
    printed: () => printed,
    kill(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
