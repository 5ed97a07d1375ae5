import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import { CliError, EXIT } from './errors.ts';

/** 144 random bits. */
export function generatePassword(): string {
  return randomBytes(18).toString('base64url');
}

/** The first line of the input, for scripts: `bourse user add a@b.c --password-stdin < file`. */
export async function readPassword(input: Readable): Promise<string> {
  for await (const line of createInterface({ input })) return line;
  throw new CliError('password_missing', 'There is no password on standard input.', EXIT.usage);
}

/** Asks at the terminal, without showing what is typed, twice. */
export async function promptPassword(
  input: Readable,
  output: { write(text: string): unknown },
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true });
  // Ctrl-C at the prompt ends the command like anywhere else.
  lines.on('SIGINT', () => process.exit(130));
  const ask = (question: string): Promise<string> => {
    output.write(question);
    return new Promise((resolve) => {
      lines.once('line', (line) => {
        output.write('\n');
        resolve(line);
      });
    });
  };
  try {
    const password = await ask('Password: ');
    if ((await ask('Once more: ')) === password) return password;
    throw new CliError('passwords_differ', 'The two passwords are not the same.', EXIT.usage);
  } finally {
    lines.close();
  }
}
