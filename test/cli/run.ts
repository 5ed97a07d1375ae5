import { Readable } from 'node:stream';
import { runCli } from '../../src/cli/program.ts';
import type { Config } from '../../src/config.ts';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON, one object a line. */
  json(): readonly Record<string, unknown>[];
}

/** Runs a command line in this process. */
export async function bourse(config: Config, args: readonly string[], stdin = ''): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const exitCode = await runCli(args, {
    config: () => config,
    version: '1.2.3',
    stdin: Readable.from([stdin]),
    stdout: {
      write: (text) => {
        written.stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        written.stderr += text;
      },
    },
  });
  const lines = () => written.stdout.split('\n').filter((line) => line !== '');
  return { exitCode, ...written, json: () => lines().map((line) => JSON.parse(line)) };
}
