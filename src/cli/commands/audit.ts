import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { listAudit, readAudit } from '../../db/audit.ts';
import { isoTime } from '../../domain/views.ts';
import type { CommandContext } from '../context.ts';
import { findUser } from '../find-user.ts';

export interface AuditOptions {
  /** E-mail of the user whom the entries concern. */
  readonly user?: string;
  readonly action?: string;
  /** How many entries, the newest. */
  readonly limit: number;
  /** A file to write all entries to, with their hashes, instead of telling them. */
  readonly export?: string;
}

/**
 * Tells the newest entries of the audit log, oldest first, or writes all of them to a file, a JSON object a line.
 * @throws {CliError} `user_not_found`
 */
export async function audit(context: CommandContext, options: AuditOptions): Promise<void> {
  const pool = await context.database();
  if (options.export !== undefined) {
    const lines = async function* () {
      for await (const { entryNo, payload, hash } of readAudit(pool))
        yield `${JSON.stringify({ entryNo: String(entryNo), payload, hash: hash.toString('hex') })}\n`;
    };
    await pipeline(Readable.from(lines()), createWriteStream(options.export));
    context.output.print(`written to ${options.export}`, { exported: options.export });
    return;
  }
  const user = options.user === undefined ? undefined : await findUser(context, options.user);
  const { action, limit } = options;
  const entries = await listAudit(pool, { userId: user?.id, action, limit });
  for (const entry of [...entries].reverse()) {
    const { entryNo, atMs, action: what, outcome, userId, actor, detail } = entry;
    const { type, ...who } = actor;
    context.output.print(
      `${entryNo}  ${isoTime(atMs)}  ${what} ${outcome}${userId === null ? '' : `, user ${userId}`}, by ${type} ${JSON.stringify(who)} ${JSON.stringify(detail ?? {})}`,
      entry,
    );
  }
}
