import test from 'ava';
import fc from 'fast-check';
import { createCatalog } from '../../../src/domain/catalog.ts';
import { compilePolicy, ruleFor, worthOf } from '../../../src/domain/withdrawals/compiled-policy.ts';
import { type Requested, WithdrawalDesk, type WithdrawalStep } from '../../../src/domain/withdrawals/desk.ts';
import type { Withdrawal } from '../../../src/domain/withdrawals/withdrawal.ts';
import { isHolding, isLeaving, isUnderWay } from '../../../src/domain/withdrawals/withdrawal-machine.ts';
import {
  DEFAULT_WITHDRAWAL_POLICY,
  type WithdrawalPolicySpec,
} from '../../../src/domain/withdrawals/withdrawal-policy.ts';
import { moneyOf } from '../../../src/domain/withdrawals/withdrawal-postings.ts';
import { codeOf, mustBeOk } from '../../support/exchange.ts';

const BTC = { id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 8 };
const USDT = { id: 2, symbol: 'USDT', name: 'Tether', scale: 6 };
const CATALOG = createCatalog([BTC, USDT], []);
const SPEC: WithdrawalPolicySpec = {
  ...DEFAULT_WITHDRAWAL_POLICY,
  tiers: [
    { name: 'free', upTo: '10', approvals: 0, treasurers: 0, approvers: null },
    { name: 'two', upTo: '100', approvals: 2, treasurers: 1, approvers: [1, 2, 3] },
    { name: 'three', upTo: null, approvals: 3, treasurers: 1, approvers: null },
  ],
  accountDayLimit: '500',
  velocity: { windowMs: 1_000, value: '200', count: 4 },
  confirmWithinMs: 300,
  approveWithinMs: 900,
  coolingMs: 0,
};

function deskOf(spec = SPEC): WithdrawalDesk {
  const state = { policy: spec, paused: null, velocityFromMs: 0 };
  const nothing = { nextWithdrawalNo: 1, underWay: [], recent: [], confirmations: [] };
  return new WithdrawalDesk({ state, ...nothing }, mustBeOk(compilePolicy(spec, CATALOG)));
}

function requested(accountId: number, units: number): Requested {
  const amountMinor = BigInt(units) * 1_000_000n;
  return {
    accountId,
    userId: 50 + accountId,
    assetId: USDT.id,
    amountMinor,
    feeMinor: 5n,
    network: 'simulated',
    address: 'a',
    clientWithdrawalId: null,
    requestDigest: 0,
    valueMinor: amountMinor,
    flags: [],
  };
}

const account = fc.integer({ min: 1, max: 3 });
/** How many withdrawals ago. */
const pick = fc.nat(3);
const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('submit' as const),
      account,
      units: fc.constantFrom(1, 10, 60, 150, 400),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('confirm' as const),
      pick,
      holdMs: fc.constantFrom(0, 0, 0, 200),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('approve' as const),
      pick,
      user: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('sign' as const), pick, isOld: fc.boolean() }) },
  fc.record({ type: fc.constant('revise' as const), pick }),
  fc.record({
    type: fc.constant('act' as const),
    pick,
    event: fc.constantFrom(
      'sent' as const,
      'settled' as const,
      'canceled' as const,
      'rejected' as const,
      'failed' as const,
    ),
  }),
  fc.record({ type: fc.constantFrom('pause' as const, 'resume' as const, 'resume' as const) }),
  fc.record({ type: fc.constant('time' as const), ms: fc.constantFrom(1, 60, 400, 1_200) }),
);

test('whatever is asked in whatever order, money is where the status says, and nothing is signed without its approvals', (t) => {
  let signed = 0;
  fc.assert(
    fc.property(fc.array(command, { minLength: 20, maxLength: 120 }), (commands) => {
      const desk = deskOf();
      const all = new Map<number, Withdrawal>();
      /** By the postings of every step: what is locked and what was given and taken, by account. */
      const locked = new Map<number, bigint>();
      const balance = new Map<number, bigint>();
      let nowMs = 1_000;
      let isPaused = false;
      const add = (map: Map<number, bigint>, key: number, amount: bigint) =>
        map.set(key, (map.get(key) ?? 0n) + amount);
      const take = (step: WithdrawalStep) => {
        const { withdrawal, before, event } = step;
        const { withdrawalNo, accountId, rule, approvals, userId } = withdrawal;
        t.is(before, all.get(withdrawalNo)?.status ?? null);
        t.is(withdrawal.eventNo, (all.get(withdrawalNo)?.eventNo ?? 0) + 1);
        all.set(withdrawalNo, withdrawal);
        const money = moneyOf(withdrawal, before);
        add(locked, accountId, money.lockedMinor);
        for (const posting of money.postings) add(balance, posting.accountId, posting.amountMinor);
        if (event?.type !== 'signed') return;
        signed += 1;
        t.false(isPaused, 'nothing is signed while withdrawals are paused');
        t.true(nowMs < withdrawal.expiresAtMs);
        const people = new Set(approvals.map((one) => one.userId));
        t.true(people.size >= rule.required && !people.has(userId));
        t.true(approvals.filter(({ isTreasurer }) => isTreasurer).length >= rule.treasurers);
        if (rule.approvers !== null) t.true([...people].every((one) => rule.approvers!.includes(one)));
      };
      for (const one of commands) {
        const withdrawalNo = 'pick' in one ? all.size - one.pick : 0;
        switch (one.type) {
          case 'submit': {
            const step = desk.submit(requested(one.account, one.units), nowMs);
            if (step.ok) take(step.value);
            break;
          }
          case 'confirm': {
            const steps = desk.confirm(withdrawalNo, nowMs + one.holdMs, nowMs);
            if (steps.ok) for (const step of steps.value) take(step);
            if (desk.isTooFast(nowMs)) desk.pause('velocity', nowMs);
            break;
          }
          case 'approve': {
            const evidence = {
              payload: '',
              method: 'ed25519',
              keyId: '',
              publicKey: '',
              signature: '',
            } as const;
            const step = desk.approve(
              withdrawalNo,
              { userId: one.user, isTreasurer: one.user === 1, evidence },
              nowMs,
            );
            if (step.ok) take(step.value);
            break;
          }
          case 'revise': {
            const step = desk.revise(withdrawalNo, { userId: 9, note: '' }, nowMs);
            if (step.ok) {
              t.deepEqual(step.value.withdrawal.approvals, []);
              take(step.value);
            }
            break;
          }
          case 'sign': {
            const step = desk.sign(
              withdrawalNo,
              (all.get(withdrawalNo)?.version ?? 1) - (one.isOld ? 1 : 0),
              'p',
              nowMs,
            );
            if (step.ok) take(step.value);
            break;
          }
          case 'act': {
            const event = { type: one.event, txId: 't', reason: 'r', userId: null, networkCosts: [] };
            const step = desk.act(withdrawalNo, event, nowMs);
            if (step.ok) take(step.value);
            break;
          }
          case 'pause':
            desk.pause('by hand', nowMs);
            break;
          case 'resume':
            desk.resume(nowMs);
            break;
          case 'time':
            nowMs += one.ms;
            for (const step of desk.due(nowMs)) take(step);
            t.true(desk.nextDueAtMs > nowMs, 'all that is due is done');
            break;
        }
        isPaused = desk.state.paused !== null;
      }
      for (const accountId of [1, 2, 3]) {
        const own = [...all.values()].filter((withdrawal) => withdrawal.accountId === accountId);
        const sum = (which: (withdrawal: Withdrawal) => boolean, fee = 5n) =>
          own.filter(which).reduce((total, { amountMinor }) => total + amountMinor + fee, 0n);
        t.is(
          locked.get(accountId) ?? 0n,
          sum(({ status }) => isHolding(status)),
        );
        const gone = sum(({ status }) => isLeaving(status) || status === 'confirmed');
        // Accounts 1 to 3 are also the ledger's own here: what they are as customers shows in what all sums to.
        t.true(gone >= 0n);
        const open = own.filter(({ status }) => isUnderWay(status) || status === 'confirmed');
        const day = open.reduce((total, { amountMinor }) => total + amountMinor, 0n);
        t.true(day <= 500_000_000n, 'never more than a day allows');
      }
      const total = [...balance.values()].reduce((sum, amount) => sum + amount, 0n);
      t.is(total, 0n);
    }),
    { numRuns: 300 },
  );
  t.true(signed > 20, `${signed} were signed`);
});

test('a policy that can’t be met, or says two things, is refused', (t) => {
  const code = (change: Partial<WithdrawalPolicySpec>) =>
    codeOf(compilePolicy({ ...SPEC, ...change }, CATALOG));
  const tier = SPEC.tiers[2]!;
  t.is(code({}), 'ok');
  t.is(code({ valuationAsset: 'XYZ' }), 'asset_not_found');
  t.is(code({ assetDayLimits: { XYZ: '1' } }), 'asset_not_found');
  t.is(code({ assetDayLimits: { BTC: '0.000000001' } }), 'too_many_decimals');
  t.is(code({ assetTiers: { BTC: [] } }), 'invalid_withdrawal_policy');
  t.is(code({ tiers: [] }), 'invalid_withdrawal_policy');
  t.is(
    code({ tiers: SPEC.tiers.slice(0, 2) }),
    'invalid_withdrawal_policy',
    'something is beyond every tier',
  );
  t.is(code({ tiers: [SPEC.tiers[1]!, SPEC.tiers[0]!, tier] }), 'invalid_withdrawal_policy', 'bounds rise');
  t.is(code({ tiers: [{ ...tier, treasurers: 4 }] }), 'invalid_withdrawal_policy');
  t.is(
    code({ tiers: [{ ...tier, approvers: [1, 2, 2] }] }),
    'invalid_withdrawal_policy',
    'three of two people',
  );
  t.is(code({ coolingMs: 900 }), 'invalid_withdrawal_policy', 'it would expire while it cools down');
  t.is(code({ confirmWithinMs: 0 }), 'invalid_withdrawal_policy');
  t.is(
    code({ velocity: { windowMs: 25 * 60 * 60 * 1000, value: '1', count: 1 } }),
    'invalid_withdrawal_policy',
  );
});

test('worth is exact and rounded up; what is worth the bound of a tier is still in it', (t) => {
  const policy = mustBeOk(compilePolicy({ ...SPEC, assetTiers: { BTC: [SPEC.tiers[2]!] } }, CATALOG));
  t.is(worthOf(USDT, BTC, 100_000_000n, '60000.5'), 60_000_500_000n);
  t.is(worthOf(USDT, BTC, 1n, '0.000001'), 1n, 'never nothing');
  t.is(worthOf(USDT, USDT, 7n, null), 7n);
  t.is(worthOf(USDT, BTC, 7n, null), null);
  t.is(worthOf(USDT, BTC, 7n, '0'), null);
  t.is(worthOf(null, USDT, 7n, '1'), null);
  t.is(ruleFor(policy, USDT.id, 10_000_000n).tier, 'free');
  t.is(ruleFor(policy, USDT.id, 10_000_001n).tier, 'two');
  t.is(ruleFor(policy, USDT.id, null).tier, 'three');
  t.is(ruleFor(policy, BTC.id, 1n).tier, 'three', 'an asset may have tiers of its own');
});
