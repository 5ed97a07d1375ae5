import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import { MAX_PASSKEYS, PASSKEY_TRANSPORTS } from '../domain/passkeys.ts';

const whole = z.bigint().transform(Number);
const passkeyRow = z.strictObject({
  id: z.string(),
  userId: whole,
  name: z.string(),
  credentialId: z.instanceof(Buffer),
  transports: z.array(z.enum(PASSKEY_TRANSPORTS)),
  isSynced: z.boolean(),
  createdAtMs: whole,
  lastUsedAtMs: whole.nullable(),
});
export type Passkey = z.output<typeof passkeyRow>;
const columns = sql.fragment`
  p.id, p.user_id as "userId", p.name, p.credential_id as "credentialId", p.transports, p.is_synced as "isSynced",
  p.created_at_ms as "createdAtMs", p.last_used_at_ms as "lastUsedAtMs"`;

const signingPasskeyRow = passkeyRow.extend({
  publicKey: z.instanceof(Buffer),
  signCount: whole,
  userHandle: z.instanceof(Buffer),
});
/** What an assertion is checked with. */
export type SigningPasskey = z.output<typeof signingPasskeyRow>;

export interface NewPasskey extends Omit<Passkey, 'lastUsedAtMs'> {
  /** COSE. */
  readonly publicKey: Buffer;
  readonly signCount: number;
}

/** The caller holds the lock of the user's row, so that two at once count one after the other. */
export async function insertPasskey(
  db: CommonQueryMethods,
  passkey: NewPasskey,
): Promise<'added' | 'too_many_passkeys' | 'passkey_exists'> {
  const { id, userId, name, credentialId, publicKey, signCount, transports, isSynced, createdAtMs } = passkey;
  if ((await countPasskeys(db, userId)) >= MAX_PASSKEYS) return 'too_many_passkeys';
  const { rowCount } = await db.query(sql.unsafe`
    insert into passkeys
      (id, user_id, name, credential_id, public_key, sign_count, transports, is_synced, created_at_ms)
    values (${id}, ${userId}, ${name}, ${sql.binary(credentialId)}, ${sql.binary(publicKey)}, ${signCount},
            ${sql.array([...transports], 'text')}, ${isSynced}, ${createdAtMs})
    on conflict (credential_id) do nothing`);
  return rowCount === 1 ? 'added' : 'passkey_exists';
}

export function countPasskeys(db: CommonQueryMethods, userId: number): Promise<number> {
  return db.oneFirst(
    sql.type(z.strictObject({ count: whole }))`select count(*) from passkeys where user_id = ${userId}`,
  );
}

/** The newest first. */
export function listPasskeys(db: CommonQueryMethods, userId: number): Promise<readonly Passkey[]> {
  return db.any(sql.type(passkeyRow)`
    select ${columns} from passkeys p where p.user_id = ${userId} order by p.created_at_ms desc, p.id`);
}

/** Whose a passkey is and with what its signatures are checked; undefined when there is none. */
export async function findSignerOfPasskey(
  db: CommonQueryMethods,
  credentialId: Buffer,
): Promise<Pick<SigningPasskey, 'userId' | 'publicKey' | 'createdAtMs'> | undefined> {
  const row = signingPasskeyRow.pick({ userId: true, publicKey: true, createdAtMs: true });
  const signer = await db.maybeOne(sql.type(row)`
    select user_id as "userId", public_key as "publicKey", created_at_ms as "createdAtMs"
    from passkeys where credential_id = ${sql.binary(credentialId)}`);
  return signer ?? undefined;
}

/** Whoever else would use it waits until the transaction is over: its counter goes one way. */
export async function lockPasskey(
  db: CommonQueryMethods,
  credentialId: Buffer,
): Promise<SigningPasskey | undefined> {
  const passkey = await db.maybeOne(sql.type(signingPasskeyRow)`
    select ${columns}, p.public_key as "publicKey", p.sign_count as "signCount", u.passkey_handle as "userHandle"
    from passkeys p join users u on u.id = p.user_id
    where p.credential_id = ${sql.binary(credentialId)} for update of p`);
  return passkey ?? undefined;
}

export async function markPasskeyUsed(
  db: CommonQueryMethods,
  id: string,
  { signCount, nowMs }: { readonly signCount: number; readonly nowMs: number },
): Promise<void> {
  await db.query(sql.unsafe`
    update passkeys set sign_count = ${signCount}, last_used_at_ms = ${nowMs} where id = ${id}`);
}

/** @returns undefined when the user has no such passkey */
export async function renamePasskey(
  db: CommonQueryMethods,
  userId: number,
  id: string,
  name: string,
): Promise<Passkey | undefined> {
  const passkey = await db.maybeOne(sql.type(passkeyRow)`
    update passkeys p set name = ${name} where id = ${id} and user_id = ${userId} returning ${columns}`);
  return passkey ?? undefined;
}

/**
 * @param only one of them; all when left out
 * @returns the ids of those that were there
 */
export function deletePasskeys(
  db: CommonQueryMethods,
  userId: number,
  only?: string,
): Promise<readonly string[]> {
  const which = only === undefined ? sql.fragment`true` : sql.fragment`id = ${only}`;
  return db.anyFirst(sql.type(z.strictObject({ id: z.string() }))`
    delete from passkeys where user_id = ${userId} and ${which} returning id`);
}

/** What authenticators know the user by. */
export function passkeyHandle(db: CommonQueryMethods, userId: number): Promise<Buffer> {
  return db.oneFirst(sql.type(z.strictObject({ handle: z.instanceof(Buffer) }))`
    select passkey_handle as handle from users where id = ${userId}`);
}
