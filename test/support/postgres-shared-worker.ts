/**
 * AVA's shared worker: one per run, whatever the number of test files. Starts `postgres-server.ts` and asks
 * it for the shared server when the first test wants it. Answers `directory` and `server`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SharedWorker } from 'ava/plugin';

export type Request = 'directory' | 'server';

export interface Answer {
  readonly directory?: string;
  readonly url?: string;
  readonly error?: string;
}

export default async function share({ negotiateProtocol }: SharedWorker.FactoryOptions): Promise<void> {
  const protocol = negotiateProtocol(['ava-4']);
  const script = fileURLToPath(new URL('./postgres-server.ts', import.meta.url));
  // The pipe closes when the runner ends: that is how the process learns of it.
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const output = createInterface(child.stdout);
  const ended = once(child, 'exit').then(() => ['{"error":"its process ended"}']);
  const nextAnswer = async () => {
    const [line] = await Promise.race([once(output, 'line'), ended]);
    return JSON.parse(String(line)) as Answer;
  };

  const directory = nextAnswer();
  let server: Promise<Answer> | undefined;
  protocol.ready();
  for await (const message of protocol.subscribe()) {
    if (message.data === 'directory') {
      void directory.then((answer) => message.reply(answer));
      continue;
    }
    server ??= directory.then(() => {
      const answer = nextAnswer();
      child.stdin.write('start\n');
      return answer;
    });
    void server.then((answer) => message.reply(answer));
  }
}
