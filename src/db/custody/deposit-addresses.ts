import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const addressRow = z.strictObject({
  network: z.string(),
  addressNo: whole,
  accountId: whole,
  assetId: whole,
  address: z.string(),
});
/** The address at which an asset of an account arrives. */
export type DepositAddress = z.output<typeof addressRow>;
const addressColumns = sql.fragment`
  network, address_no as "addressNo", account_id as "accountId", asset_id as "assetId", address`;

export type AddressOwner = Pick<DepositAddress, 'network' | 'accountId' | 'assetId'>;

export async function findDepositAddress(
  db: CommonQueryMethods,
  { network, accountId, assetId }: AddressOwner,
): Promise<DepositAddress | undefined> {
  const row = await db.maybeOne(sql.type(addressRow)`
    select ${addressColumns} from deposit_addresses
    where account_id = ${accountId} and asset_id = ${assetId} and network = ${network}`);
  return row ?? undefined;
}

/** The address of an asset of an account, made with the first who asks; the next number of the network, given out once. */
export async function makeDepositAddress(
  pool: DatabasePool,
  owner: AddressOwner,
  addressOf: (addressNo: number) => Promise<string>,
  nowMs: number,
): Promise<DepositAddress> {
  return pool.transaction(async (db) => {
    await db.query(sql.unsafe`select pg_advisory_xact_lock(hashtext(${`addresses ${owner.network}`}))`);
    const known = await findDepositAddress(db, owner);
    if (known !== undefined) return known;
    const addressNo = await db.oneFirst(
      sql.type(z.strictObject({ next: whole }))`
        select coalesce(max(address_no), 0) + 1 as next from deposit_addresses where network = ${owner.network}`,
    );
    const address = await addressOf(addressNo);
    await db.query(sql.unsafe`
      insert into deposit_addresses (network, address_no, account_id, asset_id, address, created_at_ms)
      values (${owner.network}, ${addressNo}, ${owner.accountId}, ${owner.assetId}, ${address}, ${nowMs})`);
    return { ...owner, addressNo, address };
  });
}

/** Those of a network with a higher number: they are never taken back. */
export function listDepositAddresses(
  db: CommonQueryMethods,
  network: string,
  afterNo = 0,
): Promise<readonly DepositAddress[]> {
  return db.any(sql.type(addressRow)`
    select ${addressColumns} from deposit_addresses
    where network = ${network} and address_no > ${afterNo} order by address_no`);
}

/** The highest number that a network's addresses have; 0 when none was given out. */
export function lastAddressNo(db: CommonQueryMethods, network: string): Promise<number> {
  return db.oneFirst(
    sql.type(z.strictObject({ last: whole }))`
      select coalesce(max(address_no), 0) as last from deposit_addresses where network = ${network}`,
  );
}
