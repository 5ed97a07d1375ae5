import test, { type ExecutionContext } from 'ava';
import type { Withdrawal } from '../../../src/domain/withdrawals/withdrawal.ts';
import {
  codeOf,
  eventually,
  mustBeOk,
  startTestExchange,
  type TestExchange,
  type TestExchangeOptions,
} from '../../support/exchange.ts';
import { approvalBy, USD_POLICY, withdrawalOf } from '../../support/withdrawals.ts';

// Each of these databases is verified and its log replayed when the test ends.

async function start(t: ExecutionContext, options: TestExchangeOptions = {}) {
  const started = await startTestExchange(t, options);
  mustBeOk(await started.exchange.withdrawals.setPolicy(USD_POLICY));
  return started;
}

async function request(
  { exchange }: TestExchange,
  accountId: number,
  change: Parameters<typeof withdrawalOf>[1] = {},
): Promise<Withdrawal> {
  return mustBeOk(await exchange.withdrawals.request(withdrawalOf(accountId, change))).withdrawal;
}

async function confirmed(started: TestExchange, accountId: number, change = {}): Promise<Withdrawal> {
  const { withdrawalNo } = await request(started, accountId, change);
  return mustBeOk(await started.exchange.withdrawals.confirm(withdrawalNo, 0));
}

test('a small withdrawal is held, signed, sent and settled, and every minor unit is accounted for', async (t) => {
  const started = await start(t);
  const { exchange, wallet, frames } = started;
  const alice = await started.account({ USD: '100' });
  const { withdrawalNo } = await request(started, alice);
  t.is(await wallet(alice, 'USD'), '100000000/51000000');
  t.is(mustBeOk(await exchange.withdrawals.confirm(withdrawalNo, 0)).status, 'approved');
  const { version } = mustBeOk(await exchange.withdrawals.sign(withdrawalNo, 1, 'pay-1'));
  t.is(version, 1);
  t.is(await wallet(alice, 'USD'), '49000000/0');
  t.is(await wallet(3, 'USD'), '50000000/0', 'it is on its way out');
  t.is(await wallet(2, 'USD'), '1000000/0', 'the fee is the exchange’s');
  mustBeOk(await exchange.withdrawals.sent(withdrawalNo, '0xabc'));
  const networkCosts = [{ assetId: 3, amountMinor: '21000' }];
  const settled = mustBeOk(await exchange.withdrawals.settle(withdrawalNo, { txId: '0xabc', networkCosts }));
  t.like(settled, { status: 'confirmed', txId: '0xabc' });
  t.is(await wallet(3, 'USD'), '0/0');
  t.is(await wallet(1, 'USD'), '-50000000/0');
  t.is(await wallet(4, 'ETH'), '-21000/0', 'the house pays the network');
  t.is(codeOf(await exchange.withdrawals.sent(withdrawalNo, '0xabc')), 'withdrawal_not_found');
  const told = frames.flatMap(({ accountId, withdrawals = [] }) => (accountId === alice ? withdrawals : []));
  const statuses = told.map(({ status }) => status).filter((status) => status !== 'held');
  t.deepEqual(statuses, ['requested', 'approved', 'signing', 'broadcast', 'confirmed']);
});

test('requests are refused that are not covered, over a limit, or of a frozen account; nothing changes', async (t) => {
  const started = await start(t);
  const { exchange } = started;
  const alice = await started.account({ USD: '20000' });
  const code = async (change: Parameters<typeof withdrawalOf>[1]) =>
    codeOf(await exchange.withdrawals.request(withdrawalOf(alice, change)));
  t.is(await code({ amount: '20000', unitValue: null, asset: 'BTC' }), 'insufficient_funds');
  t.is(await code({ amount: '5000.000001' }), 'withdrawal_limit');
  t.is(await code({ amount: '0' }), 'invalid_amount');
  t.is(await code({ amount: '0.0000001' }), 'too_many_decimals');
  t.is(await code({ asset: 'XYZ' }), 'asset_not_found');
  t.is(await code({ amount: '3000' }), 'ok');
  t.is(await code({ amount: '2000.000001' }), 'withdrawal_limit', 'those of one day are added up');
  mustBeOk(await exchange.withdrawals.setPolicy({ ...USD_POLICY, assetDayLimits: { USD: '3500' } }));
  t.is(await code({ amount: '501' }), 'withdrawal_limit', 'and those of one asset');
  mustBeOk(await exchange.setAccountPolicy(alice, { frozen: true }));
  t.is(await code({ amount: '1' }), 'account_frozen');
  t.is(await started.wallet(alice, 'USD'), '20000000000/3001000000');
  mustBeOk(await exchange.setAccountPolicy(alice, { frozen: false }));
  mustBeOk(await exchange.withdrawals.cancel(1, 'canceled_by_user'));
  t.is(await code({ amount: '3400' }), 'ok', 'what was canceled counts no more');
});

test('of many requests at once only what is covered is held', async (t) => {
  const started = await start(t);
  const alice = await started.account({ USD: '510' });
  const asked = await Promise.all(
    Array.from({ length: 20 }, () => started.exchange.withdrawals.request(withdrawalOf(alice))),
  );
  t.is(asked.filter(({ ok }) => ok).length, 10);
  t.is(await started.wallet(alice, 'USD'), '510000000/510000000');
});

test('a repeat of a name answers the first withdrawal, also when nothing is left and after its end', async (t) => {
  const started = await start(t);
  const { exchange } = started;
  const alice = await started.account({ USD: '51' });
  const named = withdrawalOf(alice, { clientWithdrawalId: 'rent' });
  const [first, second] = await Promise.all([
    exchange.withdrawals.request(named),
    exchange.withdrawals.request(named),
  ]);
  t.deepEqual([first, second].map((one) => mustBeOk(one).repeated).sort(), [false, true]);
  t.is(mustBeOk(first).withdrawal.withdrawalNo, mustBeOk(second).withdrawal.withdrawalNo);
  t.is(
    codeOf(await exchange.withdrawals.request({ ...named, amount: '1' })),
    'client_withdrawal_id_conflict',
  );
  mustBeOk(await exchange.withdrawals.cancel(1, 'canceled_by_user'));
  const third = mustBeOk(await exchange.withdrawals.request(named));
  t.like(third, { repeated: true, withdrawal: { status: 'canceled' } });
  t.is(await started.wallet(alice, 'USD'), '51000000/0');
  const again = await started.restart();
  t.true(mustBeOk(await again.exchange.withdrawals.request(named)).repeated);
});

test('approvals: enough different people, a treasurer, never who asked, never of another payload', async (t) => {
  const started = await start(t);
  const { exchange } = started;
  const { withdrawals } = exchange;
  const alice = await started.account({ USD: '10000' });
  const large = await confirmed(started, alice, { amount: '2000' });
  t.like(large, { status: 'awaiting_approval', rule: { tier: 'large', required: 3, treasurers: 1 } });
  const approve = async (userId: number, isTreasurer = false) =>
    withdrawals.approve(large.withdrawalNo, approvalBy(started, large, userId, isTreasurer));
  t.is(codeOf(await approve(large.userId)), 'approver_not_allowed');
  t.is(mustBeOk(await approve(1)).status, 'awaiting_approval');
  t.is(codeOf(await approve(1)), 'approval_repeated');
  mustBeOk(await approve(2));
  t.is(mustBeOk(await approve(3)).status, 'awaiting_approval', 'no treasurer yet');
  const revised = mustBeOk(
    await withdrawals.revise(large.withdrawalNo, {
      userId: 9,
      note: 'later',
      expiresAtMs: Date.now() + 60_000,
    }),
  );
  t.like(revised, { version: 2, approvals: [], status: 'awaiting_approval' });
  t.is(codeOf(await approve(4, true)), 'approval_mismatch', 'that was of the version before');
  const results = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((userId) =>
      withdrawals.approve(large.withdrawalNo, approvalBy(started, revised, userId, userId === 2)),
    ),
  );
  t.deepEqual(
    results.map(codeOf),
    ['ok', 'ok', 'ok', 'withdrawal_not_open', 'withdrawal_not_open', 'withdrawal_not_open'],
    'it is approved once, by the first three',
  );
  t.is(
    codeOf(await withdrawals.sign(large.withdrawalNo, 1, 'p')),
    'withdrawal_not_open',
    'of another version',
  );
  mustBeOk(await withdrawals.sign(large.withdrawalNo, 2, 'p'));
});

test('a rule may name its approvers; without a price the last tier decides', async (t) => {
  const started = await start(t);
  const { withdrawals } = started.exchange;
  const alice = await started.account({ BTC: '1' });
  const one = await confirmed(started, alice, { asset: 'BTC', amount: '0.001', fee: '0', unitValue: null });
  t.like(one, { rule: { tier: 'large' }, flags: ['unvalued'], valueMinor: null });
  const rule = { tier: 'by hand', required: 1, treasurers: 0, approvers: [7] };
  const revised = mustBeOk(await withdrawals.revise(one.withdrawalNo, { userId: 9, note: 'small', rule }));
  t.is(codeOf(await withdrawals.approve(1, approvalBy(started, revised, 8))), 'approver_not_allowed');
  t.is(mustBeOk(await withdrawals.approve(1, approvalBy(started, revised, 7))).status, 'approved');
  const nobody = { ...rule, required: 0 };
  t.is(
    codeOf(await withdrawals.revise(1, { userId: 9, note: '', rule: nobody })),
    'invalid_withdrawal_policy',
  );
  mustBeOk(await withdrawals.reject(1, 'looks_stolen', null));
  t.is(await started.wallet(alice, 'BTC'), '100000000/0');
});

test('what fails before and after it was signed gives everything back', async (t) => {
  const started = await start(t);
  const { withdrawals } = started.exchange;
  const alice = await started.account({ USD: '200' });
  const early = await confirmed(started, alice);
  mustBeOk(await withdrawals.fail(early.withdrawalNo, { reason: 'approvals_invalid', networkCosts: [] }));
  t.is(await started.wallet(alice, 'USD'), '200000000/0');
  const late = await confirmed(started, alice);
  mustBeOk(await withdrawals.sign(late.withdrawalNo, 1, 'p'));
  mustBeOk(await withdrawals.sent(late.withdrawalNo, '0x1'));
  const networkCosts = [{ assetId: 2, amountMinor: '7' }];
  mustBeOk(await withdrawals.fail(late.withdrawalNo, { reason: 'reverted', networkCosts }));
  t.is(await started.wallet(alice, 'USD'), '200000000/0');
  t.is(await started.wallet(2, 'USD'), '0/0', 'the fee too');
  t.is(await started.wallet(4, 'USD'), '-7/0', 'the network keeps its own');
});

test('a pause holds what is confirmed and what is approved; too much at once pauses by itself', async (t) => {
  const started = await start(t);
  const { withdrawals } = started.exchange;
  mustBeOk(
    await withdrawals.setPolicy({ ...USD_POLICY, velocity: { windowMs: 60_000, value: '100', count: 10 } }),
  );
  const alice = await started.account({ USD: '1000' });
  const first = await confirmed(started, alice);
  const second = await confirmed(started, alice);
  t.is(second.status, 'approved', '100 within the window are allowed');
  const third = await confirmed(started, alice, { amount: '0.000001', fee: '0' });
  t.is(third.status, 'held');
  t.like(withdrawals.state().paused, { reason: 'velocity' });
  t.is(codeOf(await withdrawals.request(withdrawalOf(alice))), 'withdrawals_paused');
  t.is(codeOf(await withdrawals.sign(first.withdrawalNo, 1, 'p')), 'withdrawals_paused');
  const again = await started.restart();
  t.like(again.exchange.withdrawals.state().paused, { reason: 'velocity' });
  const changes: string[] = [];
  again.exchange.withdrawals.events.subscribe(({ withdrawal }) => changes.push(withdrawal.status));
  mustBeOk(await again.exchange.withdrawals.resume());
  await eventually(() => changes.includes('approved'));
  mustBeOk(await again.exchange.withdrawals.sign(first.withdrawalNo, 1, 'p'));
});

test('time releases what cools down and ends what nobody confirmed or paid, also while the exchange was away', async (t) => {
  const started = await start(t);
  const spec = { ...USD_POLICY, coolingMs: 150, confirmWithinMs: 300, approveWithinMs: 400 };
  mustBeOk(await started.exchange.withdrawals.setPolicy(spec));
  const alice = await started.account({ USD: '1000' });
  const statuses = new Map<number, string>();
  const listen = ({ exchange }: TestExchange) =>
    exchange.withdrawals.events.subscribe(({ withdrawal }) =>
      statuses.set(withdrawal.withdrawalNo, withdrawal.status),
    );
  listen(started);
  const cooling = await confirmed(started, alice);
  t.is(cooling.status, 'held');
  const forgotten = await request(started, alice);
  await eventually(() => statuses.get(cooling.withdrawalNo) === 'approved');
  const again = await started.restart();
  listen(again);
  await eventually(
    () =>
      statuses.get(forgotten.withdrawalNo) === 'expired' && statuses.get(cooling.withdrawalNo) === 'expired',
  );
  t.is(await again.wallet(alice, 'USD'), '1000000000/0');
});

test('a frozen account pays nothing out', async (t) => {
  const started = await start(t);
  const { exchange } = started;
  const alice = await started.account({ USD: '1000' });
  const { withdrawalNo } = await confirmed(started, alice);
  mustBeOk(await exchange.setAccountPolicy(alice, { frozen: true }));
  t.is(codeOf(await exchange.withdrawals.sign(withdrawalNo, 1, 'p')), 'account_frozen');
  t.is(codeOf(await exchange.withdrawals.cancel(withdrawalNo, 'canceled_by_user')), 'withdrawal_not_open');
});

test('network costs and deposits of the house are entered once', async (t) => {
  const started = await start(t);
  const { exchange, wallet } = started;
  const cost = { assetId: 2, amountMinor: 5n, reference: 'sweep-1' };
  const twice = await Promise.all([
    exchange.withdrawals.recordNetworkCost(cost),
    exchange.withdrawals.recordNetworkCost(cost),
  ]);
  t.deepEqual(twice.map(codeOf), ['ok', 'ok']);
  t.is(await wallet(4, 'USD'), '-5/0');
  mustBeOk(await exchange.credit({ accountId: 4, asset: 'USD', amount: '1', reference: 'gas' }));
  t.is(
    codeOf(await exchange.credit({ accountId: 4, asset: 'USD', amount: '1', reference: 'gas' })),
    'duplicate_deposit',
  );
  const again = await started.restart();
  mustBeOk(await again.exchange.withdrawals.recordNetworkCost(cost));
  t.is(await again.wallet(4, 'USD'), '999995/0');
});
