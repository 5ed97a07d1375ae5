import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import { KEY_ALGORITHMS, MAX_KEYS, SCOPES } from '../domain/api-keys.ts';
import { ROLES } from '../domain/roles.ts';

const whole = z.bigint().transform(Number);
const keyRow = z.strictObject({
  id: z.string(),
  userId: whole,
  name: z.string(),
  algorithm: z.enum(KEY_ALGORITHMS),
  scopes: z.array(z.enum(SCOPES)),
  networks: z.array(z.string()),
  createdAtMs: whole,
  expiresAtMs: whole.nullable(),
  lastUsedAtMs: whole.nullable(),
  /** Fewer than keys have otherwise; null: no fewer. */
  pointsPerMinute: z.int().nullable(),
});
/** A key that was not revoked. */
export type ApiKey = z.output<typeof keyRow>;
const columns = sql.fragment`
  k.id, k.user_id as "userId", k.name, k.algorithm, k.scopes, k.networks, k.created_at_ms as "createdAtMs",
  k.expires_at_ms as "expiresAtMs", k.last_used_at_ms as "lastUsedAtMs", k.points_per_minute as "pointsPerMinute"`;

const signingKeyRow = keyRow.extend({
  keyMaterial: z.instanceof(Buffer),
  accountId: whole,
  role: z.enum(ROLES),
});
/** What a signature is checked with, and for whom it speaks. */
export type SigningKey = z.output<typeof signingKeyRow>;

export interface NewApiKey extends Omit<ApiKey, 'lastUsedAtMs'> {
  /** The sealed secret, the public key, or the SHA-256 of a client's secret. */
  readonly keyMaterial: Buffer;
}

/** @returns false when the user has as many keys as he may have */
export async function insertApiKey(db: CommonQueryMethods, key: NewApiKey): Promise<boolean> {
  const { id, userId, name, algorithm, keyMaterial, scopes, networks, createdAtMs, expiresAtMs } = key;
  const { pointsPerMinute } = key;
  // Two at once count one after the other.
  await db.query(sql.unsafe`select 1 from users where id = ${userId} for update`);
  const { rowCount } = await db.query(sql.unsafe`
    insert into api_keys
      (id, user_id, name, algorithm, key_material, scopes, networks, created_at_ms, expires_at_ms, points_per_minute)
    select ${id}, ${userId}, ${name}, ${algorithm}, ${sql.binary(keyMaterial)}, ${sql.array([...scopes], 'text')},
           ${sql.array([...networks], 'text')}, ${createdAtMs}, ${expiresAtMs}, ${pointsPerMinute}
    where (select count(*) from api_keys where user_id = ${userId} and revoked_at_ms is null) < ${MAX_KEYS}`);
  return rowCount === 1;
}

/** The newest first. */
export function listApiKeys(db: CommonQueryMethods, userId: number): Promise<readonly ApiKey[]> {
  return db.any(sql.type(keyRow)`
    select ${columns} from api_keys k where k.user_id = ${userId} and k.revoked_at_ms is null
    order by k.created_at_ms desc, k.id`);
}

export async function findSigningKey(db: CommonQueryMethods, id: string): Promise<SigningKey | undefined> {
  const key = await db.maybeOne(sql.type(signingKeyRow)`
    select ${columns}, k.key_material as "keyMaterial", u.account_id as "accountId", u.role
    from api_keys k join users u on u.id = k.user_id
    where k.id = ${id} and k.revoked_at_ms is null`);
  return key ?? undefined;
}

export async function markKeyUsed(db: CommonQueryMethods, id: string, nowMs: number): Promise<void> {
  await db.query(sql.unsafe`update api_keys set last_used_at_ms = ${nowMs} where id = ${id}`);
}

/**
 * Revokes keys of a user, for ever.
 * @param only one of them; all when left out
 * @returns the ids of those that were good
 */
export function revokeApiKeys(
  db: CommonQueryMethods,
  userId: number,
  nowMs: number,
  only?: string,
): Promise<readonly string[]> {
  const which = only === undefined ? sql.fragment`true` : sql.fragment`id = ${only}`;
  return db.anyFirst(sql.type(z.strictObject({ id: z.string() }))`
    update api_keys set revoked_at_ms = ${nowMs}, revocation_recorded_at = clock_timestamp()
    where user_id = ${userId} and revoked_at_ms is null and ${which} returning id`);
}

/** The keys whose revocation was written down in the last so many seconds, by whatever process. */
export function recentlyRevokedKeys(db: CommonQueryMethods, seconds: number): Promise<readonly string[]> {
  return db.anyFirst(sql.type(z.strictObject({ id: z.string() }))`
    select id from api_keys
    where revocation_recorded_at > clock_timestamp() - ${seconds} * interval '1 second'`);
}
