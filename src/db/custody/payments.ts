import {
  type CommonQueryMethods,
  type DatabasePool,
  sql,
  UniqueIntegrityConstraintViolationError,
} from 'slonik';
import { z } from 'zod';

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const paymentRow = z.strictObject({
  paymentId: z.string(),
  rootId: z.string(),
  network: z.string(),
  withdrawalNo: whole.nullable(),
  slots: z.array(z.string()),
  unsigned: z.string(),
  networkFeeMinor: z.bigint(),
  status: z.enum(['planned', 'signed', 'settled', 'void']),
  txId: z.string().nullable(),
  raw: z.string().nullable(),
  plannedAtMs: whole,
  sentAtMs: whole.nullable(),
});
/** One attempt of a payment. */
export type Payment = z.output<typeof paymentRow>;
const paymentColumns = sql.fragment`
  payment_id as "paymentId", root_id as "rootId", network, withdrawal_no as "withdrawalNo", slots, unsigned,
  network_fee_minor as "networkFeeMinor", status, tx_id as "txId", raw, planned_at_ms as "plannedAtMs",
  sent_at_ms as "sentAtMs"`;

/** The attempts that may still happen, oldest first. */
export function listLivePayments(db: CommonQueryMethods, network: string): Promise<readonly Payment[]> {
  return db.any(sql.type(paymentRow)`
    select ${paymentColumns} from payments where network = ${network} and status in ('planned', 'signed')
    order by planned_at_ms, payment_id`);
}

/** What a transaction of the exchange was for; undefined: it is somebody else's. */
export async function purposeOf(
  db: CommonQueryMethods,
  txId: string,
): Promise<'withdrawal' | 'consolidation' | undefined> {
  const row = z.strictObject({ withdrawalNo: whole.nullable() });
  const payment = await db.maybeOne(sql.type(row)`
    select withdrawal_no as "withdrawalNo" from payments where tx_id = ${txId}`);
  if (payment === null) return undefined;
  return payment.withdrawalNo === null ? 'consolidation' : 'withdrawal';
}

export async function listTakenSlots(db: CommonQueryMethods, network: string): Promise<ReadonlySet<string>> {
  const rows = await db.any(
    sql.type(z.strictObject({ slot: z.string() }))`select slot from payment_slots where network = ${network}`,
  );
  return new Set(rows.map(({ slot }) => slot));
}

/**
 * Writes the plan of a payment down, with its slots. Another attempt of a payment has that one's root and slots.
 * @returns false when a slot, or the withdrawal, is another payment's: nothing was written then
 */
export async function storePlan(
  pool: DatabasePool,
  payment: Omit<Payment, 'status' | 'txId' | 'raw' | 'sentAtMs'>,
): Promise<boolean> {
  const { paymentId, rootId, network, withdrawalNo, slots } = payment;
  try {
    await pool.transaction(async (db) => {
      await db.query(sql.unsafe`
        insert into payments (
          payment_id, root_id, network, withdrawal_no, slots, unsigned, network_fee_minor, status, planned_at_ms
        ) values (
          ${paymentId}, ${rootId}, ${network}, ${withdrawalNo}, ${sql.array([...slots], 'text')}, ${payment.unsigned},
          ${payment.networkFeeMinor.toString()}, 'planned', ${payment.plannedAtMs}
        )`);
      if (paymentId !== rootId) return;
      for (const slot of slots)
        await db.query(sql.unsafe`
          insert into payment_slots (network, slot, root_id) values (${network}, ${slot}, ${rootId})`);
      if (withdrawalNo !== null)
        await db.query(sql.unsafe`
          insert into withdrawal_payments (withdrawal_no, root_id) values (${withdrawalNo}, ${rootId})`);
    });
    return true;
  } catch (error) {
    if (error instanceof UniqueIntegrityConstraintViolationError) return false;
    throw error;
  }
}

/**
 * Keeps what was signed, before anybody gets it.
 * @returns false when the payment was given up meanwhile: then it must not be sent
 */
export async function storeSigned(
  db: CommonQueryMethods,
  paymentId: string,
  { txId, raw }: { readonly txId: string; readonly raw: string },
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update payments set status = 'signed', tx_id = ${txId}, raw = ${raw}
    where payment_id = ${paymentId} and (status = 'planned' or (status = 'signed' and raw = ${raw}))`);
  return rowCount === 1;
}

export async function markSent(db: CommonQueryMethods, paymentId: string, atMs: number): Promise<void> {
  await db.query(sql.unsafe`
    update payments set sent_at_ms = coalesce(sent_at_ms, ${atMs}) where payment_id = ${paymentId}`);
}

/** One attempt was taken in for good: the payment is done, and its slots stay used. */
export async function settlePayment(db: CommonQueryMethods, { rootId, paymentId }: Payment): Promise<void> {
  await db.query(sql.unsafe`
    update payments set status = case when payment_id = ${paymentId} then 'settled' else 'void' end
    where root_id = ${rootId}`);
}

/**
 * Gives a payment up that was never signed: its slots, and its withdrawal, are free for another. Nothing happens where an attempt
 * was signed, perhaps by another process just now; and what is given up can't be signed any more.
 */
export async function abandonPlan(pool: DatabasePool, rootId: string): Promise<void> {
  await pool.transaction(async (db) => {
    const attempts = await db.any(sql.type(paymentRow)`
      select ${paymentColumns} from payments where root_id = ${rootId} for update`);
    if (attempts.every(({ status }) => status === 'planned')) await free(db, rootId);
  });
}

/** No attempt of the payment can happen any more, whoever has it: another may be planned. */
export async function voidPayment(pool: DatabasePool, rootId: string): Promise<void> {
  await pool.transaction((db) => free(db, rootId));
}

async function free(db: CommonQueryMethods, rootId: string): Promise<void> {
  await db.query(sql.unsafe`update payments set status = 'void' where root_id = ${rootId}`);
  await db.query(sql.unsafe`delete from payment_slots where root_id = ${rootId}`);
  await db.query(sql.unsafe`delete from withdrawal_payments where root_id = ${rootId}`);
}
