import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import { type Withdrawal, type WithdrawalEvent, withEvent } from '../../../domain/withdrawals/withdrawal.ts';
import { withdrawalColumns, withdrawalRow } from '../../withdrawals.ts';
import { type Check, OFFENDER_LIMIT } from '../check.ts';

const ROWS_A_READ = 1_000;

const whole = z.bigint().transform(Number);
const eventRow = z.strictObject({
  withdrawalNo: whole,
  eventNo: z.number(),
  type: z.string(),
  atMs: whole,
  detail: z.custom<WithdrawalEvent>(),
});
type EventRow = z.output<typeof eventRow>;

/** Nothing stands in a withdrawal but what its events make of it, and none was signed without the approvals of its rule. */
export const withdrawalsFollowEvents: Check = {
  name: 'withdrawals_follow_events',
  title:
    'every withdrawal is what its events make of it, and was approved as its rule asks before it was signed',
  subject: 'withdrawals',
  async run(db) {
    const offenders: string[] = [];
    let examined = 0n;
    for await (const [withdrawal, events] of readAll(db)) {
      examined += 1n;
      const wrong = amiss(withdrawal, events);
      if (wrong !== undefined && offenders.length < OFFENDER_LIMIT)
        offenders.push(`withdrawal_no=${withdrawal.withdrawalNo} ${wrong}`);
    }
    return { examined, offenders };
  },
};

function amiss(stored: Withdrawal, events: readonly EventRow[]): string | undefined {
  if (events[0]?.type !== 'requested') return 'it was never asked for';
  let withdrawal: Withdrawal = {
    ...stored,
    status: 'requested',
    version: 1,
    approvals: [],
    eventNo: 1,
    txId: null,
    reason: null,
    updatedAtMs: stored.requestedAtMs,
  };
  for (const [index, { eventNo, type, atMs, detail }] of events.entries()) {
    if (eventNo !== index + 1) return `event ${index + 1} is missing`;
    if (index === 0) continue;
    if (detail.type !== type) return `event ${eventNo} says two things`;
    if (type === 'signed' && !hasApprovals({ ...withdrawal, rule: stored.rule }))
      return 'it was signed without approvals';
    const next = withEvent(withdrawal, detail, atMs);
    if (next === undefined) return `event ${eventNo}, ${type}, came in status ${withdrawal.status}`;
    withdrawal = next;
  }
  const keys = [
    'status',
    'version',
    'eventNo',
    'txId',
    'reason',
    'updatedAtMs',
    'expiresAtMs',
    'heldUntilMs',
  ] as const;
  const wrong = keys.find((key) => withdrawal[key] !== stored[key]);
  if (wrong !== undefined) return `${wrong} is ${stored[wrong]}, its events say ${withdrawal[wrong]}`;
  const approvers = (one: Withdrawal) => one.approvals.map(({ userId }) => userId).join();
  return approvers(withdrawal) === approvers(stored)
    ? undefined
    : 'its approvals are not those of its events';
}

function hasApprovals({ rule, approvals, userId }: Withdrawal): boolean {
  const people = new Set(approvals.map((one) => one.userId));
  const treasurers = approvals.filter(({ isTreasurer }) => isTreasurer).length;
  return people.size >= rule.required && treasurers >= rule.treasurers && !people.has(userId);
}

async function* readAll(db: CommonQueryMethods): AsyncGenerator<readonly [Withdrawal, readonly EventRow[]]> {
  let after = 0;
  for (;;) {
    const withdrawals = await db.any(sql.type(withdrawalRow)`
      select ${withdrawalColumns} from withdrawals w
      where w.withdrawal_no > ${after} order by w.withdrawal_no limit ${ROWS_A_READ}`);
    const last = withdrawals.at(-1)?.withdrawalNo ?? after;
    const events = await db.any(sql.type(eventRow)`
      select withdrawal_no as "withdrawalNo", event_no as "eventNo", type, at_ms as "atMs", detail
      from withdrawal_events where withdrawal_no > ${after} and withdrawal_no <= ${last} order by withdrawal_no, event_no`);
    const byNo = Map.groupBy(events, ({ withdrawalNo }) => withdrawalNo);
    for (const withdrawal of withdrawals)
      yield [withdrawal, byNo.get(withdrawal.withdrawalNo) ?? []] as const;
    if (withdrawals.length < ROWS_A_READ) return;
    after = last;
  }
}
