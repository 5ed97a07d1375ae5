import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CliError } from '../src/cli/errors.ts';
import { readConfig } from '../src/config.ts';
import { OutboxError } from './client/outbox.ts';
import { ConnectionError, ProblemError } from './client/problem.ts';
import { FlowFormatError } from './replay-flow/flow-file.ts';
import { parseOptions } from './replay-flow/options.ts';
import { replayFlow } from './replay-flow/run.ts';
import { isExplained, summarize } from './replay-flow/summary.ts';

/** `npm run replay-flow -- FILE`: feeds a recorded order flow to the running exchange, then proves the database. */

async function main(): Promise<number> {
  const config = readConfig();
  const options = parseOptions(process.argv.slice(2), `http://127.0.0.1:${config.port}`);
  let stopped = false;
  process.once('SIGINT', () => {
    stopped = true;
  });
  const report = await replayFlow({ ...options, config, stopped: () => stopped, progress: true });
  process.stdout.write(`${summarize(report, options.quantityScale)}\n`);
  const verified = !options.verify || (await runVerify());
  return isExplained(report) && verified ? 0 : 1;
}

async function runVerify(): Promise<boolean> {
  const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
  const [code] = await once(spawn(process.execPath, [cli, 'verify'], { stdio: 'inherit' }), 'exit');
  return code === 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected =
    error instanceof ProblemError ||
    error instanceof ConnectionError ||
    error instanceof CliError ||
    error instanceof OutboxError ||
    error instanceof FlowFormatError;
  process.stderr.write(`replay-flow: ${expected ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
