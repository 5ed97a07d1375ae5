import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';

/** The people and traders of the demo, in a process of their own: what they do can't slow or end the exchange. */
export interface DemoProcess {
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../examples/alive.ts', import.meta.url));
const AGAIN_AFTER_MS = 5_000;
/** What ends sooner does not work here. */
const LIVED_MS = 60_000;
const MAX_SHORT_LIVES = 3;
const PATIENCE_MS = 3_000;

/**
 * Starts it, and again when it ends by itself.
 * @param urls where it reaches the exchange, and where people do
 */
export function startDemo(options: {
  readonly urls: readonly [own: string, shown: string];
  readonly log: Logger;
}): DemoProcess {
  const { urls, log } = options;
  let child: ChildProcess | undefined;
  let again: NodeJS.Timeout | undefined;
  let stopping = false;
  let shortLives = 0;

  function start(): void {
    const startedAtMs = performance.now();
    const begun = spawn(process.execPath, [PROGRAM, ...urls], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    child = begun;
    let said = '';
    begun.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2_000);
    });
    begun.on('error', (error) => {
      said += error.message;
    });
    begun.on('close', (code) => {
      child = undefined;
      if (stopping) return;
      shortLives = performance.now() - startedAtMs < LIVED_MS ? shortLives + 1 : 0;
      const isGivenUp = shortLives >= MAX_SHORT_LIVES;
      log.warn({ code, said, isGivenUp }, 'the demo ended by itself');
      if (!isGivenUp) again = setTimeout(start, AGAIN_AFTER_MS);
    });
  }
  start();

  return {
    async stop() {
      stopping = true;
      clearTimeout(again);
      const running = child;
      if (running === undefined) return;
      const closed = once(running, 'close');
      running.kill('SIGTERM');
      const impatient = setTimeout(() => running.kill('SIGKILL'), PATIENCE_MS);
      await closed;
      clearTimeout(impatient);
    },
  };
}
