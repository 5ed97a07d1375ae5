import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../src/config.ts';

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 30_000;

/** No mail came. */
export class OutboxError extends Error {
  override readonly name = 'OutboxError';
}

/**
 * Where the exchange of this machine puts its mails.
 * @throws {OutboxError} where it sends them
 */
export function outboxOf({ mail }: Pick<Config, 'mail'>): string {
  if (mail.type === 'folder') return mail.directory;
  throw new OutboxError('This exchange sends its mails (SMTP_URL): simulated customers can’t read them.');
}

/** The token in the newest mail to somebody; waits until there is one. */
export async function awaitMailToken(outbox: string, email: string): Promise<string> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    const token = await findToken(outbox, email);
    if (token !== undefined) return token;
    await pause(LOOK_EVERY_MS);
  }
  throw new OutboxError(`No mail to ${email} came to ${outbox}.`);
}

async function findToken(outbox: string, email: string): Promise<string | undefined> {
  const names = await readdir(outbox).catch(() => []);
  // `bourse-12-confirm_email.txt`: the newest has the highest number.
  const newestFirst = names
    .filter((name) => name.endsWith('.txt'))
    .sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]));
  for (const name of newestFirst) {
    const text = await readFile(join(outbox, name), 'utf8');
    const token = /#token=([A-Za-z0-9_-]{43})$/m.exec(text)?.[1];
    if (text.startsWith(`To: ${email}\n`) && token !== undefined) return token;
  }
  return undefined;
}
