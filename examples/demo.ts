import { CliError } from '../src/cli/errors.ts';
import { readConfig } from '../src/config.ts';
import { OutboxError } from './client/outbox.ts';
import { ConnectionError, ProblemError } from './client/problem.ts';
import { parseOptions } from './demo/options.ts';
import { runDemo } from './demo/run.ts';
import { DemoError } from './demo/set-up.ts';

/** `npm run demo`: simulated traders at the running exchange, until Ctrl-C or for `--seconds`. */

async function main(): Promise<void> {
  const config = readConfig();
  const options = parseOptions(process.argv.slice(2), `http://127.0.0.1:${config.port}`);
  const ending = new AbortController();
  const interrupt = () => ending.abort();
  // Once: a second Ctrl-C ends the process at once, and leaves the orders.
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const timer =
    options.seconds === undefined ? undefined : setTimeout(() => ending.abort(), options.seconds * 1000);
  const activity = await runDemo({
    ...options,
    config,
    signal: ending.signal,
    random: Math.random,
    progress: true,
  }).finally(() => clearTimeout(timer));
  const { orders, trades } = activity;
  process.stdout.write(
    `${orders.toLocaleString('en-US')} orders, ${trades.toLocaleString('en-US')} trades; all open orders are canceled.\n`,
  );
}

try {
  await main();
} catch (error) {
  const expected =
    error instanceof ProblemError ||
    error instanceof ConnectionError ||
    error instanceof CliError ||
    error instanceof OutboxError ||
    error instanceof DemoError;
  process.stderr.write(`demo: ${expected ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
