import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  type AuditEntry,
  type AuditEvent,
  auditPayload,
} from '../domain/audit.ts';

const whole = z.bigint().transform(Number);

/**
 * Writes an event down. In a transaction it becomes true with it; until then other writers wait, so such a transaction should
 * end soon.
 * @returns the number of the entry
 */
export function appendAudit(db: CommonQueryMethods, event: AuditEvent, atMs: number): Promise<number> {
  return db.oneFirst(
    sql.type(z.strictObject({ entryNo: whole }))`
      select append_audit(${auditPayload(event, atMs)}) as "entryNo"`,
  );
}

const payload = z.object({
  atMs: z.int(),
  action: z.enum(AUDIT_ACTIONS),
  outcome: z.enum(AUDIT_OUTCOMES),
  userId: z.int().nullable(),
  actor: z.custom<AuditEvent['actor']>((actor) => typeof actor === 'object' && actor !== null),
  detail: z.record(z.string(), z.unknown()).optional(),
});
const entryRow = z
  .strictObject({ entryNo: whole, payload: z.string() })
  .transform(({ entryNo, payload: text }): AuditEntry => {
    const { detail, ...event } = payload.parse(JSON.parse(text));
    return { entryNo, ...event, ...(detail === undefined ? {} : { detail }) };
  });

export interface AuditFilter {
  readonly userId?: number | undefined;
  readonly action?: string | undefined;
  /** Only entries with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export function listAudit(db: CommonQueryMethods, filter: AuditFilter): Promise<readonly AuditEntry[]> {
  const { userId, action, before = Number.MAX_SAFE_INTEGER, limit } = filter;
  const ofUser = userId === undefined ? sql.fragment`true` : sql.fragment`user_id = ${userId}`;
  const ofAction = action === undefined ? sql.fragment`true` : sql.fragment`action = ${action}`;
  return db.any(sql.type(entryRow)`
    select entry_no as "entryNo", payload from audit_log
    where entry_no < ${before} and ${ofUser} and ${ofAction} order by entry_no desc limit ${limit}`);
}

const sealedRow = z.strictObject({
  entryNo: z.bigint(),
  payload: z.string(),
  hash: z.instanceof(Buffer),
});
/** An entry as it was chained. */
export type SealedAuditEntry = z.output<typeof sealedRow>;

const ENTRIES_A_READ = 500;

/** All entries from the first on. */
export async function* readAudit(db: CommonQueryMethods): AsyncGenerator<SealedAuditEntry> {
  let after = 0n;
  for (;;) {
    const rows = await db.any(sql.type(sealedRow)`
      select entry_no as "entryNo", payload, hash from audit_log
      where entry_no > ${after} order by entry_no limit ${ENTRIES_A_READ}`);
    yield* rows;
    if (rows.length < ENTRIES_A_READ) return;
    after = rows.at(-1)!.entryNo;
  }
}
