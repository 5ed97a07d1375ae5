import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { EnteredNetworkCost, SettlementBatch } from '../domain/settlement.ts';
import type { DeskSnapshot, DeskState } from '../domain/withdrawals/desk-state.ts';
import { type ApprovalRule, RISK_FLAGS, type Withdrawal } from '../domain/withdrawals/withdrawal.ts';
import { WITHDRAWAL_STATUSES } from '../domain/withdrawals/withdrawal-machine.ts';
import {
  DEFAULT_WITHDRAWAL_POLICY,
  type WithdrawalPolicySpec,
} from '../domain/withdrawals/withdrawal-policy.ts';
import { texts, values } from './columns.ts';

/** Withdrawals as settlement writes them and as the desk starts from them. */

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const json = <Value>() => z.custom<Value>((value) => typeof value === 'object' && value !== null);

export const withdrawalRow = z.strictObject({
  withdrawalNo: whole,
  accountId: whole,
  userId: whole,
  assetId: whole,
  amountMinor: z.bigint(),
  feeMinor: z.bigint(),
  network: z.string(),
  address: z.string(),
  clientWithdrawalId: z.string().nullable(),
  requestDigest: whole,
  valueMinor: z.bigint().nullable(),
  rule: json<ApprovalRule>(),
  flags: z.array(z.enum(RISK_FLAGS)),
  status: z.enum(WITHDRAWAL_STATUSES),
  version: whole,
  approvals: json<Withdrawal['approvals']>(),
  requestedAtMs: whole,
  heldUntilMs: whole,
  expiresAtMs: whole,
  updatedAtMs: whole,
  eventNo: whole,
  txId: z.string().nullable(),
  reason: z.string().nullable(),
});

/** Of the table `withdrawals w`. */
export const withdrawalColumns = sql.fragment`
  w.withdrawal_no as "withdrawalNo", w.account_id as "accountId", w.user_id as "userId", w.asset_id as "assetId",
  w.amount_minor as "amountMinor", w.fee_minor as "feeMinor", w.network, w.address,
  w.client_withdrawal_id as "clientWithdrawalId", w.request_digest as "requestDigest", w.value_minor as "valueMinor",
  w.rule, w.flags, w.status, w.version, w.approvals, w.requested_at_ms as "requestedAtMs",
  w.held_until_ms as "heldUntilMs", w.expires_at_ms as "expiresAtMs", w.updated_at_ms as "updatedAtMs",
  w.event_no as "eventNo", w.tx_id as "txId", w.reason`;

const UNDER_WAY = sql.fragment`
  w.status in ('requested', 'held', 'awaiting_approval', 'approved', 'signing', 'broadcast')`;

export async function loadDesk(db: CommonQueryMethods, sinceMs: number): Promise<DeskSnapshot> {
  const underWay = await db.any(sql.type(withdrawalRow)`
    select ${withdrawalColumns} from withdrawals w where ${UNDER_WAY} order by w.withdrawal_no`);
  const recent = await db.any(sql.type(withdrawalRow)`
    select ${withdrawalColumns} from withdrawals w where w.requested_at_ms > ${sinceMs} order by w.withdrawal_no`);
  const confirmations = await db.any(
    sql.type(z.strictObject({ atMs: whole, valueMinor: z.bigint().nullable() }))`
      select e.at_ms as "atMs", w.value_minor as "valueMinor"
      from withdrawal_events e join withdrawals w using (withdrawal_no)
      where e.type = 'confirmed' and e.at_ms > ${sinceMs} order by e.at_ms, w.withdrawal_no`,
  );
  const nextWithdrawalNo = await db.oneFirst(
    sql.type(z.strictObject({ next: whole }))`
      select coalesce(max(withdrawal_no), 0) + 1 as next from withdrawals`,
  );
  return { state: await loadDeskState(db), nextWithdrawalNo, underWay, recent, confirmations };
}

export async function loadDeskState(db: CommonQueryMethods): Promise<DeskState> {
  const row = await db.one(
    sql.type(
      z.strictObject({
        policy: json<WithdrawalPolicySpec>().nullable(),
        paused: json<NonNullable<DeskState['paused']>>().nullable(),
        velocityFromMs: whole,
      }),
    )`select policy, paused, velocity_from_ms as "velocityFromMs" from withdrawal_desk`,
  );
  return { ...row, policy: row.policy ?? DEFAULT_WITHDRAWAL_POLICY };
}

export async function findWithdrawalByClientId(
  db: CommonQueryMethods,
  accountId: number,
  clientWithdrawalId: string,
): Promise<Withdrawal | undefined> {
  const row = await db.maybeOne(sql.type(withdrawalRow)`
    select ${withdrawalColumns} from withdrawals w
    where w.account_id = ${accountId} and w.client_withdrawal_id = ${clientWithdrawalId}`);
  return row ?? undefined;
}

/** Writes what a batch did to withdrawals, before its one statement and in its transaction. */
export async function writeWithdrawals(
  db: CommonQueryMethods,
  { withdrawals, withdrawalEvents, networkCosts, desk }: SettlementBatch,
): Promise<void> {
  for (const withdrawal of withdrawals) await putWithdrawal(db, withdrawal);
  if (withdrawalEvents.length > 0) {
    await db.query(sql.unsafe`
      insert into withdrawal_events (withdrawal_no, event_no, type, at_ms, detail, entry_no)
      select * from unnest(
        ${values(withdrawalEvents.map((row) => row.withdrawalNo))}::bigint[],
        ${values(withdrawalEvents.map((row) => row.eventNo))}::int[],
        ${texts(withdrawalEvents.map((row) => row.event?.type ?? 'requested'))}::text[],
        ${values(withdrawalEvents.map((row) => row.atMs))}::bigint[],
        ${texts(withdrawalEvents.map((row) => JSON.stringify(row.event ?? {})))}::jsonb[],
        ${values(withdrawalEvents.map((row) => row.entryNo))}::bigint[]
      )`);
  }
  for (const cost of networkCosts) await insertNetworkCost(db, cost);
  if (desk !== null) {
    await db.query(sql.unsafe`
      update withdrawal_desk set policy = ${sql.jsonb(plain(desk.policy))},
        paused = ${desk.paused === null ? null : sql.jsonb(plain(desk.paused))}, velocity_from_ms = ${desk.velocityFromMs}`);
  }
}

async function putWithdrawal(db: CommonQueryMethods, withdrawal: Withdrawal): Promise<void> {
  const { amountMinor, feeMinor, valueMinor } = withdrawal;
  await db.query(sql.unsafe`
    insert into withdrawals (
      withdrawal_no, account_id, user_id, asset_id, amount_minor, fee_minor, network, address, client_withdrawal_id,
      request_digest, value_minor, rule, flags, status, version, approvals, requested_at_ms, held_until_ms, expires_at_ms,
      updated_at_ms, event_no, tx_id, reason
    ) values (
      ${withdrawal.withdrawalNo}, ${withdrawal.accountId}, ${withdrawal.userId}, ${withdrawal.assetId},
      ${amountMinor.toString()}, ${feeMinor.toString()}, ${withdrawal.network}, ${withdrawal.address},
      ${withdrawal.clientWithdrawalId}, ${withdrawal.requestDigest},
      ${valueMinor === null ? null : valueMinor.toString()}, ${sql.jsonb(plain(withdrawal.rule))},
      ${sql.array([...withdrawal.flags], 'text')}, ${withdrawal.status}, ${withdrawal.version},
      ${sql.jsonb(plain(withdrawal.approvals))}, ${withdrawal.requestedAtMs}, ${withdrawal.heldUntilMs},
      ${withdrawal.expiresAtMs}, ${withdrawal.updatedAtMs}, ${withdrawal.eventNo}, ${withdrawal.txId}, ${withdrawal.reason}
    )
    on conflict (withdrawal_no) do update set
      rule = excluded.rule, status = excluded.status, version = excluded.version, approvals = excluded.approvals,
      held_until_ms = excluded.held_until_ms, expires_at_ms = excluded.expires_at_ms,
      updated_at_ms = excluded.updated_at_ms, event_no = excluded.event_no, tx_id = excluded.tx_id,
      reason = excluded.reason`);
}

async function insertNetworkCost(db: CommonQueryMethods, cost: EnteredNetworkCost): Promise<void> {
  await db.query(sql.unsafe`
    insert into network_costs (reference, entry_no, asset_id, amount_minor, paid_at_ms)
    values (${cost.reference}, ${cost.entryNo}, ${cost.assetId}, ${cost.amountMinor.toString()}, ${cost.paidAtMs})`);
}

/** Slonik takes no readonly types. */
function plain(value: object) {
  return JSON.parse(JSON.stringify(value));
}
