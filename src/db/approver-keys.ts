import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const whole = z.bigint().transform(Number);
const keyRow = z.strictObject({
  id: z.string(),
  userId: whole,
  name: z.string(),
  /** 32 bytes. */
  publicKey: z.instanceof(Buffer),
  addedAtMs: whole,
  removedAtMs: whole.nullable(),
});
/** An Ed25519 key with which an operator signs approvals. */
export type ApproverKey = z.output<typeof keyRow>;
const columns = sql.fragment`
  id, user_id as "userId", name, public_key as "publicKey", added_at_ms as "addedAtMs", removed_at_ms as "removedAtMs"`;

/** Those that are good, the newest first. */
export function listApproverKeys(db: CommonQueryMethods, userId: number): Promise<readonly ApproverKey[]> {
  return db.any(sql.type(keyRow)`
    select ${columns} from approver_keys where user_id = ${userId} and removed_at_ms is null
    order by added_at_ms desc, id`);
}

/** Also one that was removed. */
export async function findApproverKey(db: CommonQueryMethods, id: string): Promise<ApproverKey | undefined> {
  const row = await db.maybeOne(sql.type(keyRow)`select ${columns} from approver_keys where id = ${id}`);
  return row ?? undefined;
}

/** @returns false when somebody has the key, or had it */
export async function insertApproverKey(
  db: CommonQueryMethods,
  { id, userId, name, publicKey, addedAtMs }: Omit<ApproverKey, 'removedAtMs'>,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    insert into approver_keys (id, user_id, name, public_key, added_at_ms)
    values (${id}, ${userId}, ${name}, ${sql.binary(publicKey)}, ${addedAtMs}) on conflict do nothing`);
  return rowCount === 1;
}

/** @returns false when the user has no such key */
export async function removeApproverKey(
  db: CommonQueryMethods,
  userId: number,
  id: string,
  atMs: number,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update approver_keys set removed_at_ms = ${atMs}
    where id = ${id} and user_id = ${userId} and removed_at_ms is null`);
  return rowCount === 1;
}
