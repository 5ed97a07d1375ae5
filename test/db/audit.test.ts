import test from 'ava';
import { sql } from 'slonik';
import { appendAudit, listAudit, readAudit } from '../../src/db/audit.ts';
import { sqlState } from '../../src/db/errors.ts';
import { auditChain } from '../../src/db/verify/checks/audit-chain.ts';
import type { AuditEvent } from '../../src/domain/audit.ts';
import { createTestDatabase } from '../support/database.ts';

const EVENT: AuditEvent = {
  action: 'session.refused',
  outcome: 'refused',
  actor: { type: 'anonymous', ip: '192.0.2.1', requestId: 'r-1' },
  userId: null,
  detail: { why: 'ünknown “address” \u2028 ☃' },
};

test('entries that are written at once are numbered and chained without gaps; what is rolled back never was', async (t) => {
  const { pool } = await createTestDatabase(t);
  const write = (userId: number) =>
    userId % 5 === 0
      ? pool
          .transaction(async (db) => {
            await appendAudit(db, { ...EVENT, userId }, 1_000);
            throw new Error('no');
          })
          .catch(() => undefined)
      : appendAudit(pool, { ...EVENT, userId }, 1_000 + userId);
  const numbers = await Promise.all(Array.from({ length: 50 }, (_, index) => write(index + 1)));
  const kept = numbers.filter((number) => number !== undefined).sort((a, b) => a - b);
  t.deepEqual(
    kept,
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
  t.deepEqual(await auditChain.run(pool), { examined: 40n, offenders: [] });
  const [entry] = await listAudit(pool, { userId: 7, limit: 10 });
  t.like(entry!, { ...EVENT, userId: 7, atMs: 1_007 });
});

test('an entry can’t be changed, deleted or truncated; who takes the lock off is found out', async (t) => {
  const { pool } = await createTestDatabase(t);
  for (let count = 0; count < 3; count += 1) await appendAudit(pool, EVENT, count);
  for (const change of [
    sql.unsafe`update audit_log set payload = replace(payload, 'ünknown', 'known') where entry_no = 2`,
    sql.unsafe`delete from audit_log where entry_no = 3`,
    sql.unsafe`truncate audit_log`,
  ]) {
    const error = await t.throwsAsync(() => pool.query(change));
    t.is(sqlState(error), '23001');
  }
  const before = [];
  for await (const { payload } of readAudit(pool)) before.push(payload);
  t.is(before.length, 3);

  await pool.query(sql.unsafe`alter table audit_log disable trigger all`);
  await pool.query(
    sql.unsafe`update audit_log set payload = replace(payload, 'ünknown', 'known') where entry_no = 2`,
  );
  const { offenders } = await auditChain.run(pool);
  t.is(offenders.length, 1);
  t.regex(offenders[0]!, /^entry_no=2 /);
});
