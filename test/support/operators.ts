import { type CommonQueryMethods, sql } from 'slonik';

/** Makes the sessions of a user count as ones in which a second factor was shown: operators are let in with nothing less. */
export async function showFactorOf(db: CommonQueryMethods, email: string, nowMs = Date.now()): Promise<void> {
  await db.query(sql.unsafe`
    update sessions set verified_at_ms = ${nowMs}
    where user_id = (select id from users where lower(email) = lower(${email})) and ended_at_ms is null`);
}
