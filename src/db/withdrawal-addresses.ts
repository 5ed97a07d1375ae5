import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const addressRow = z.strictObject({
  id: z.string(),
  userId: whole,
  label: z.string(),
  network: z.string(),
  address: z.string(),
  assetId: whole.nullable(),
  addedAtMs: whole,
  usableFromMs: whole,
});
/** An address in the book of a user. */
export type ListedAddress = z.output<typeof addressRow>;
const columns = sql.fragment`
  id, user_id as "userId", label, network, address, asset_id as "assetId", added_at_ms as "addedAtMs",
  usable_from_ms as "usableFromMs"`;

/** Of a user at the same time, at most. */
export const MAX_LISTED_ADDRESSES = 100;

/** The newest first. */
export function listAddresses(db: CommonQueryMethods, userId: number): Promise<readonly ListedAddress[]> {
  return db.any(sql.type(addressRow)`
    select ${columns} from withdrawal_addresses where user_id = ${userId} and removed_at_ms is null
    order by added_at_ms desc, id`);
}

export async function insertAddress(
  db: CommonQueryMethods,
  one: ListedAddress,
): Promise<'added' | 'address_listed' | 'too_many_addresses'> {
  if ((await listAddresses(db, one.userId)).length >= MAX_LISTED_ADDRESSES) return 'too_many_addresses';
  const { rowCount } = await db.query(sql.unsafe`
    insert into withdrawal_addresses (id, user_id, label, network, address, asset_id, added_at_ms, usable_from_ms)
    values (${one.id}, ${one.userId}, ${one.label}, ${one.network}, ${one.address}, ${one.assetId}, ${one.addedAtMs},
            ${one.usableFromMs})
    on conflict do nothing`);
  return rowCount === 1 ? 'added' : 'address_listed';
}

/** @returns false when the user has no such address */
export async function removeAddress(
  db: CommonQueryMethods,
  userId: number,
  id: string,
  atMs: number,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update withdrawal_addresses set removed_at_ms = ${atMs}
    where id = ${id} and user_id = ${userId} and removed_at_ms is null`);
  return rowCount === 1;
}

/** Whether a user's withdrawals may go only to addresses of his book. */
export function mayWithdrawToListedOnly(db: CommonQueryMethods, userId: number): Promise<boolean> {
  return db.oneFirst(
    sql.type(
      z.strictObject({ only: z.boolean() }),
    )`select withdraw_listed_only as only from users where id = ${userId}`,
  );
}

export async function setListedOnly(db: CommonQueryMethods, userId: number, only: boolean): Promise<void> {
  await db.query(sql.unsafe`update users set withdraw_listed_only = ${only} where id = ${userId}`);
}
