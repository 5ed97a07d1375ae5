import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import test from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import { createApprovalCheck } from '../../src/custody/payments/check-approvals.ts';
import { simulatedAddress } from '../../src/custody/simulated/simulated-address.ts';
import { insertApproverKey, removeApproverKey } from '../../src/db/approver-keys.ts';
import { insertUser } from '../../src/db/users.ts';
import type { Role } from '../../src/domain/roles.ts';
import { approvalPayload } from '../../src/domain/withdrawals/approval-payload.ts';
import type { Approval, Withdrawal } from '../../src/domain/withdrawals/withdrawal.ts';
import { payloadHash } from '../../src/signatures/approval-evidence.ts';
import { relyingPartyOf } from '../../src/signatures/relying-party.ts';
import { startTestCustody, until } from '../support/custody.ts';
import { mustBeOk, startTestExchange, type TestExchange } from '../support/exchange.ts';
import { USD_POLICY, withdrawalOf } from '../support/withdrawals.ts';

/** An operator with a key of his own. */
interface Approver {
  readonly userId: number;
  readonly keyId: string;
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

const OUTSIDE = simulatedAddress('somebody else', 1);

async function approver({ pool }: TestExchange, email: string, role: Role): Promise<Approver> {
  const createdAtMs = Date.now() - 60_000;
  const user = { email, passwordHash: null, role, createdAtMs, isEmailConfirmed: true };
  const { id: userId } = (await insertUser(pool, user, async () => {}))!;
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  const keyId = `ak_${String(userId).padStart(20, '0')}`;
  const key = { id: keyId, userId, name: 'key', publicKey: Buffer.from(x!, 'base64url') };
  // The clock of a test's exchange does not run: the key must be older than what it signs.
  await insertApproverKey(pool, { ...key, addedAtMs: 0 });
  return { userId, keyId, publicKey: x!, privateKey };
}

function signed(
  { exchange }: TestExchange,
  withdrawal: Withdrawal,
  { userId, keyId, publicKey, privateKey }: Approver,
): Approval {
  const asset = exchange.catalog().assetById(withdrawal.assetId)!;
  const payload = approvalPayload('approve', withdrawal, asset);
  const signature = sign(null, payloadHash(payload), privateKey).toString('base64url');
  return {
    userId,
    isTreasurer: false,
    evidence: { payload, method: 'ed25519', keyId, publicKey, signature },
  };
}

interface Case {
  /** What the second of two approvals is, instead of a good one. */
  readonly forge?: (good: Approval, first: Approver) => Approval;
  /** What happens between the approval and the payment. */
  readonly meanwhile?: (started: TestExchange, second: Approver) => Promise<unknown>;
  readonly ends: 'confirmed' | 'failed';
  /** What is logged when it fails, other than that its approvals are not good. */
  readonly alarm?: string;
}

const ALTERED = 'a withdrawal was altered in the database';

const CASES: Readonly<Record<string, Case>> = {
  'two good signatures': { ends: 'confirmed' },
  'a signature of nobody': {
    forge: (good) => ({ ...good, evidence: { ...good.evidence, signature: 'A'.repeat(86) } }),
    ends: 'failed',
  },
  'a signature by the key of another operator': {
    forge(good, first) {
      const { keyId, publicKey, privateKey } = first;
      const signature = sign(null, payloadHash(good.evidence.payload), privateKey).toString('base64url');
      return { ...good, evidence: { ...good.evidence, keyId, publicKey, signature } };
    },
    ends: 'failed',
  },
  'a key that nobody registered': {
    forge(good) {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const signature = sign(null, payloadHash(good.evidence.payload), privateKey).toString('base64url');
      const { x } = publicKey.export({ format: 'jwk' });
      return { ...good, evidence: { ...good.evidence, publicKey: x!, signature } };
    },
    ends: 'failed',
  },
  'an approver who may not approve any more': {
    meanwhile: ({ pool }, { userId }) =>
      pool.query(sql.unsafe`update users set role = 'support' where id = ${userId}`),
    ends: 'failed',
  },
  'a key that was removed meanwhile': {
    meanwhile: ({ pool }, { userId, keyId }) => removeApproverKey(pool, userId, keyId, Date.now()),
    ends: 'failed',
  },
  'an address and a rule that were changed in the database': {
    meanwhile: ({ pool }) =>
      pool.query(sql.unsafe`update withdrawals set address = ${simulatedAddress('a thief', 1)},
        rule = jsonb_set(rule, '{required}', '0')`),
    ends: 'failed',
    alarm: ALTERED,
  },
  'an address that was changed in the database': {
    meanwhile: ({ pool }) =>
      pool.query(sql.unsafe`update withdrawals set address = ${simulatedAddress('a thief', 1)}`),
    ends: 'failed',
    alarm: ALTERED,
  },
};

const UNAPPROVED = 'a withdrawal lacks good approvals: it is not signed';

for (const [name, { forge, meanwhile, ends, alarm = UNAPPROVED }] of Object.entries(CASES)) {
  test(`${name}: ${ends === 'confirmed' ? 'what was approved is paid' : 'nothing is signed, and the funds come back'}`, async (t) => {
    const started = await startTestExchange(t);
    const { exchange, pool } = started;
    mustBeOk(await exchange.withdrawals.setPolicy(USD_POLICY));
    const alice = await started.account({ USD: '1000' });
    const first = await approver(started, 'rick@example.com', 'risk');
    const second = await approver(started, 'ada@example.com', 'admin');
    const { withdrawal } = mustBeOk(
      await exchange.withdrawals.request(withdrawalOf(alice, { amount: '500', address: OUTSIDE })),
    );
    const { withdrawalNo } = withdrawal;
    const confirmed = mustBeOk(await exchange.withdrawals.confirm(withdrawalNo, 0));
    mustBeOk(await exchange.withdrawals.approve(withdrawalNo, signed(started, confirmed, first)));
    const good = signed(started, confirmed, second);
    const last = forge?.(good, first) ?? good;
    t.is(mustBeOk(await exchange.withdrawals.approve(withdrawalNo, last)).status, 'approved');
    await meanwhile?.(started, second);

    const { chain, errors } = await startTestCustody(t, started, {
      checkApprovals: createApprovalCheck({
        pool,
        catalog: exchange.catalog,
        relyingParty: relyingPartyOf('http://localhost:3000'),
      }),
    });
    const status = () =>
      pool.oneFirst(
        sql.type(z.strictObject({ status: z.string() }))`
          select status from withdrawals where withdrawal_no = ${withdrawalNo}`,
      );
    await until(async () => {
      await chain.mine();
      return ['confirmed', 'failed'].includes(await status());
    });
    const paid = await pool.anyFirst(sql.type(z.strictObject({ address: z.string() }))`
      select address from simulated_transactions where nonce is not null and height is not null`);
    t.is(await status(), ends);
    t.deepEqual(paid, ends === 'confirmed' ? [OUTSIDE] : []);
    t.is(errors.includes(alarm), ends === 'failed');
    t.is(await started.wallet(alice, 'USD'), ends === 'confirmed' ? '499000000/0' : '1000000000/0');
    // Replay finds a changed address too, when the test ends.
    await pool.query(sql.unsafe`update withdrawals set address = ${OUTSIDE}`);
  });
}
