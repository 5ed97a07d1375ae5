import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const whole = z.bigint().transform(Number);
const identityRow = z.strictObject({
  id: z.string(),
  userId: whole,
  issuer: z.string(),
  email: z.string().nullable(),
  createdAtMs: whole,
  lastUsedAtMs: whole.nullable(),
});
/** Who an OpenID provider says a user is. */
export type Identity = z.output<typeof identityRow>;
const columns = sql.fragment`
  id, user_id as "userId", issuer, email, created_at_ms as "createdAtMs", last_used_at_ms as "lastUsedAtMs"`;

export interface NewIdentity {
  readonly id: string;
  readonly userId: number;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly createdAtMs: number;
  /** null: it was linked, and nobody has signed in with it. */
  readonly lastUsedAtMs: number | null;
}

/**
 * Links an identity.
 * @returns false when it is somebody's already, of the same user or another
 */
export async function insertIdentity(db: CommonQueryMethods, identity: NewIdentity): Promise<boolean> {
  const { id, userId, issuer, subject, email, createdAtMs, lastUsedAtMs } = identity;
  const { rowCount } = await db.query(sql.unsafe`
    insert into identities (id, user_id, issuer, subject, email, created_at_ms, last_used_at_ms)
    values (${id}, ${userId}, ${issuer}, ${subject}, ${email}, ${createdAtMs}, ${lastUsedAtMs})
    on conflict (issuer, subject) do nothing`);
  return rowCount === 1;
}

export async function findIdentity(
  db: CommonQueryMethods,
  issuer: string,
  subject: string,
): Promise<Identity | undefined> {
  const identity = await db.maybeOne(sql.type(identityRow)`
    select ${columns} from identities where issuer = ${issuer} and subject = ${subject}`);
  return identity ?? undefined;
}

/**
 * Notes that somebody signs in with an identity. Until the transaction ends, nobody can unlink it.
 * @returns false when it was unlinked meanwhile
 */
export async function useIdentity(db: CommonQueryMethods, id: string, nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query(
    sql.unsafe`update identities set last_used_at_ms = ${nowMs} where id = ${id}`,
  );
  return rowCount === 1;
}

/** The oldest first. */
export function listIdentities(db: CommonQueryMethods, userId: number): Promise<readonly Identity[]> {
  return db.any(sql.type(identityRow)`
    select ${columns} from identities where user_id = ${userId} order by created_at_ms, id`);
}

/** The same, for who is about to change them: of two at once the second waits. */
export async function lockIdentities(db: CommonQueryMethods, userId: number): Promise<readonly Identity[]> {
  await db.query(sql.unsafe`select 1 from users where id = ${userId} for update`);
  return listIdentities(db, userId);
}

export async function deleteIdentity(db: CommonQueryMethods, id: string): Promise<void> {
  await db.query(sql.unsafe`delete from identities where id = ${id}`);
}
