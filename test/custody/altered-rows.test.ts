import test, { type ExecutionContext } from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import { ChainUnavailable } from '../../src/custody/chain.ts';
import { createApprovalCheck } from '../../src/custody/payments/check-approvals.ts';
import { simulatedAddress } from '../../src/custody/simulated/simulated-address.ts';
import type { SimulatedChain } from '../../src/custody/simulated/simulated-chain.ts';
import { relyingPartyOf } from '../../src/signatures/relying-party.ts';
import { simulatedChain, startTestCustody, until } from '../support/custody.ts';
import { mustBeOk, startTestExchange, type TestExchange } from '../support/exchange.ts';
import { USD_POLICY, withdrawalOf } from '../support/withdrawals.ts';

const OUTSIDE = simulatedAddress('somebody else', 1);
const THIEF = simulatedAddress('a thief', 1);

/** An exchange with a withdrawal that is so small that nobody has to approve it, and custody that isn't started yet. */
async function begin(t: ExecutionContext) {
  const started = await startTestExchange(t);
  const { exchange, pool } = started;
  mustBeOk(await exchange.withdrawals.setPolicy(USD_POLICY));
  const alice = await started.account({ USD: '1000' });
  const { withdrawal } = mustBeOk(
    await exchange.withdrawals.request(withdrawalOf(alice, { amount: '50', address: OUTSIDE })),
  );
  const { withdrawalNo } = withdrawal;
  t.is(mustBeOk(await exchange.withdrawals.confirm(withdrawalNo, 0)).status, 'approved');
  const relyingParty = relyingPartyOf('http://localhost:3000');
  const checkApprovals = createApprovalCheck({ pool, catalog: exchange.catalog, relyingParty });
  const statusIs = async (status: string) =>
    (await pool.oneFirst(
      sql.type(z.strictObject({ status: z.string() }))`
        select status from withdrawals where withdrawal_no = ${withdrawalNo}`,
    )) === status;
  return { ...started, alice, withdrawalNo, checkApprovals, statusIs };
}

/** What the network took in of payments, as address and minor units. */
function paid({ pool }: TestExchange): Promise<readonly string[]> {
  return pool.anyFirst(sql.type(z.strictObject({ text: z.string() }))`
    select address || ' ' || amount_minor as text from simulated_transactions
    where nonce is not null and height is not null order by received_no`);
}

/** More than anybody may withdraw without three approvals, to somebody else. */
function alter({ pool }: TestExchange) {
  return pool.query(sql.unsafe`update withdrawals set address = ${THIEF}, amount_minor = 900000000`);
}

/** As it was, so that what is checked of every exchange at its end holds. */
function restore({ pool }: TestExchange) {
  return pool.query(sql.unsafe`update withdrawals set address = ${OUTSIDE}, amount_minor = 50000000`);
}

function theftOn(chain: SimulatedChain, taken: ReadonlySet<string> = new Set()) {
  return chain.plan({ asset: 'USD', address: THIEF, amountMinor: 900_000_000n }, taken).then(mustBeOk);
}

test('a withdrawal that needs no approval can’t be made another by who writes to the database', async (t) => {
  const started = await begin(t);
  await alter(started);
  const { chain, errors } = await startTestCustody(t, started, { checkApprovals: started.checkApprovals });
  await until(async () => !(await started.statusIs('approved')));
  for (let block = 0; block < 5; block += 1) await chain.mine();
  t.true(await started.statusIs('failed'));
  t.deepEqual(await paid(started), []);
  t.deepEqual(errors, ['a withdrawal was altered in the database']);
  t.is(await started.wallet(started.alice, 'USD'), '1000000000/0');
  await restore(started);
});

/** Custody that is kept from signing once: `meanwhile` happens when it is decided how the withdrawal is paid, and nothing is signed. */
function startHeldUp(
  t: ExecutionContext,
  started: Awaited<ReturnType<typeof begin>>,
  meanwhile: (chain: SimulatedChain) => Promise<unknown>,
) {
  let isHeldUp = true;
  return startTestCustody(t, started, {
    checkApprovals: started.checkApprovals,
    wrapChain: (chain) => ({
      ...chain,
      async sign(plan) {
        if (!isHeldUp) return chain.sign(plan);
        isHeldUp = false;
        await meanwhile(chain);
        throw new ChainUnavailable('not now');
      },
    }),
  });
}

test('what is altered once it is decided how it is paid is paid as it was decided', async (t) => {
  const started = await begin(t);
  const { chain, errors } = await startHeldUp(t, started, () => alter(started));
  await until(async () => {
    await chain.mine();
    return started.statusIs('confirmed');
  });
  t.deepEqual(await paid(started), [`${OUTSIDE} 50000000`]);
  t.deepEqual(errors, ['a withdrawal was altered in the database']);
  await restore(started);
});

test('a plan that is exchanged for another, and made to look signed, is not signed', async (t) => {
  const started = await begin(t);
  const { pool } = started;
  const planned = z.strictObject({ unsigned: z.string() });
  let unsigned = '';
  const { chain, errors } = await startHeldUp(t, started, async (before) => {
    unsigned = await pool.oneFirst(sql.type(planned)`select unsigned from payments`);
    const { unsigned: theft } = await theftOn(before);
    await pool.query(sql.unsafe`update payments set unsigned = ${theft}, raw = '00'`);
  });
  await until(async () => errors.includes('a planned payment is not the withdrawal: it is not signed'));
  for (let block = 0; block < 5; block += 1) await chain.mine();
  t.deepEqual(await paid(started), []);

  await pool.query(sql.unsafe`update payments set unsigned = ${unsigned}, raw = null`);
  await until(async () => {
    await chain.mine();
    return started.statusIs('confirmed');
  });
  t.deepEqual(await paid(started), [`${OUTSIDE} 50000000`]);
});

test('a payment among our own addresses is signed only if that is what it is', async (t) => {
  const started = await begin(t);
  const { pool } = started;
  const before = simulatedChain(started);
  await before.mine();
  // The number that comes after the one of the honest payment.
  const { unsigned, slots } = await theftOn(before, new Set((await theftOn(before)).slots));
  await pool.query(sql.unsafe`
    insert into payments (payment_id, root_id, network, slots, unsigned, network_fee_minor, status, raw, planned_at_ms)
    values ('planted', 'planted', 'simulated', ${sql.array([...slots], 'text')}, ${unsigned}, 0, 'planned', '00', 0)`);
  const { chain, errors } = await startTestCustody(t, started, { checkApprovals: started.checkApprovals });
  await until(async () => {
    await chain.mine();
    return started.statusIs('confirmed');
  });
  await until(async () => errors.length > 0);
  for (let block = 0; block < 5; block += 1) await chain.mine();
  t.deepEqual(errors, ['a consolidation pays somebody else: it is not signed']);
  t.deepEqual(await paid(started), [`${OUTSIDE} 50000000`]);
});
