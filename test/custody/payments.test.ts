import test, { type ExecutionContext } from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Chain } from '../../src/custody/chain.ts';
import { ChainUnavailable, PaymentRefused } from '../../src/custody/chain.ts';
import { simulatedAddress } from '../../src/custody/simulated/simulated-address.ts';
import type { SimulatedChain } from '../../src/custody/simulated/simulated-chain.ts';
import { accept, refuse } from '../../src/domain/rejection.ts';
import { startTestCustody, until } from '../support/custody.ts';
import { mustBeOk, startTestExchange, type TestExchange } from '../support/exchange.ts';
import { USD_POLICY, withdrawalOf } from '../support/withdrawals.ts';

const OUTSIDE = simulatedAddress('somebody else', 1);

async function begin(t: ExecutionContext): Promise<TestExchange & { readonly alice: number }> {
  const started = await startTestExchange(t);
  mustBeOk(await started.exchange.withdrawals.setPolicy(USD_POLICY));
  return { ...started, alice: await started.account({ USD: '1000' }) };
}

async function approved(
  { exchange, alice }: Awaited<ReturnType<typeof begin>>,
  amount = '50',
): Promise<number> {
  const { withdrawal } = mustBeOk(
    await exchange.withdrawals.request(withdrawalOf(alice, { amount, address: OUTSIDE })),
  );
  mustBeOk(await exchange.withdrawals.confirm(withdrawal.withdrawalNo, 0));
  return withdrawal.withdrawalNo;
}

async function statusOf({ pool }: TestExchange, withdrawalNo: number): Promise<string> {
  const row = z.strictObject({ status: z.string() });
  return pool.oneFirst(sql.type(row)`select status from withdrawals where withdrawal_no = ${withdrawalNo}`);
}

/** What the network took in of payments to the outside, in minor units. */
async function paid({ pool }: TestExchange): Promise<readonly bigint[]> {
  const row = z.strictObject({ amountMinor: z.bigint() });
  return pool.anyFirst(sql.type(row)`
    select amount_minor as "amountMinor" from simulated_transactions
    where address = ${OUTSIDE} and height is not null order by received_no`);
}

async function mineUntil(started: TestExchange, chain: SimulatedChain, withdrawalNo: number, status: string) {
  await until(async () => {
    await chain.mine();
    return (await statusOf(started, withdrawalNo)) === status;
  });
}

test('an approved withdrawal is paid exactly and once, and custody and ledger agree at every look', async (t) => {
  const started = await begin(t);
  const { custody, chain, errors } = await startTestCustody(t, started);
  const { address } = mustBeOk(await custody.depositAddress(started.alice, 'USD'));
  await chain.payFromOutside({ asset: 'USD', address, amountMinor: 2_000_000_000n });
  await chain.payFromOutside({ asset: 'ETH', address: await chain.addressOf(0), amountMinor: 5_000n });
  for (let block = 0; block < 4; block += 1) await chain.mine();
  await until(async () => (await started.wallet(4, 'ETH')) === '5000/0');
  const first = await approved(started);
  const second = await approved(started, '60.000001');
  await until(async () => (await statusOf(started, second)) === 'broadcast');
  t.deepEqual(await paid(started), []);
  await chain.mine();
  // The thousand that the account began with never came over a network, and nothing explains it.
  const explained = async () =>
    (await custody.reconcile()).assets.map(({ asset, difference }) => [asset, difference]);
  t.deepEqual(await explained(), [
    ['USD', '-1000'],
    ['ETH', '0'],
  ]);
  await mineUntil(started, chain, second, 'confirmed');
  await until(async () => (await statusOf(started, first)) === 'confirmed');
  t.deepEqual(await paid(started), [50_000_000n, 60_000_001n]);
  t.is(await started.wallet(4, 'ETH'), '3000/0', 'the house paid the network twice');
  t.deepEqual(await explained(), [
    ['USD', '-1000'],
    ['ETH', '0'],
  ]);
  t.deepEqual(errors, ['custody is not what the ledger says'], 'it was told once');
});

const STEPS = ['plan', 'sign', 'broadcast', 'statusOf'] as const;
for (const step of STEPS) {
  for (const when of ['before', 'after'] as const) {
    test(`custody that ends ${when} it asks the network to ${step} goes on where it was and pays once`, async (t) => {
      const started = await begin(t);
      let isOver = false;
      const dying = await startTestCustody(t, started, {
        wrapChain: (chain): Chain => ({
          ...chain,
          async [step](...args: never[]) {
            if (when === 'after' && !isOver)
              await (chain[step] as (...given: never[]) => Promise<unknown>)(...args);
            isOver = true;
            throw new ChainUnavailable('the process ends here');
          },
        }),
      });
      const withdrawalNo = await approved(started);
      await until(async () => isOver);
      await dying.stop();
      const again = await startTestCustody(t, started);
      await mineUntil(started, again.chain, withdrawalNo, 'confirmed');
      for (let block = 0; block < 3; block += 1) await again.chain.mine();
      t.deepEqual(await paid(started), [50_000_000n]);
    });
  }
}

test('two custodies at once pay every withdrawal once', async (t) => {
  const started = await begin(t);
  const one = await startTestCustody(t, started);
  await startTestCustody(t, started);
  const numbers: number[] = [];
  for (const amount of ['1', '2', '3', '4', '5', '6', '7', '8'])
    numbers.push(await approved(started, amount));
  for (const withdrawalNo of numbers) await mineUntil(started, one.chain, withdrawalNo, 'confirmed');
  t.deepEqual(
    (await paid(started)).toSorted((a, b) => Number(a - b)),
    [1, 2, 3, 4, 5, 6, 7, 8].map((units) => BigInt(units) * 1_000_000n),
  );
});

for (const when of ['before', 'after'] as const) {
  test(`an exchange that was replaced on its database never pays what the other pays, ${when} that is done`, async (t) => {
    const stops: string[] = [];
    const started = await startTestExchange(t, { onStopped: (why) => stops.push(why) });
    mustBeOk(await started.exchange.withdrawals.setPolicy(USD_POLICY));
    const alice = await started.account({ USD: '1000' });
    const waiting = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const old = await startTestCustody(t, started, {
      // It has its plan, and stands still before it has the payment decided.
      async checkApprovals() {
        waiting.resolve();
        await goOn.promise;
        return accept(undefined);
      },
    });
    const withdrawalNo = await approved({ ...started, alice });
    await waiting.promise;
    const next = await startTestExchange(t, { pool: started.pool });
    if (when === 'before') goOn.resolve();
    const { chain } = await startTestCustody(t, next);
    await mineUntil(next, chain, withdrawalNo, 'confirmed');
    goOn.resolve();
    await until(async () => stops.length > 0);
    for (let block = 0; block < 5; block += 1) await chain.mine();
    await old.stop();
    t.deepEqual(stops, ['fenced']);
    t.deepEqual(await paid(next), [50_000_000n]);
  });
}

test('a payment that isn’t taken in is replaced by a dearer one of the same number: one of them is paid', async (t) => {
  const started = await begin(t);
  const { chain } = await startTestCustody(t, started, { replaceAfterMs: 60 });
  const withdrawalNo = await approved(started);
  const attempts = z.strictObject({ count: z.bigint(), slots: z.bigint() });
  await until(async () => {
    const { count, slots } = await started.pool.one(sql.type(attempts)`
      select count(*) as count, count(distinct slots) as slots from payments where withdrawal_no = ${withdrawalNo}`);
    t.true(slots <= 1n);
    return count >= 3n;
  });
  await mineUntil(started, chain, withdrawalNo, 'confirmed');
  for (let block = 0; block < 5; block += 1) await chain.mine();
  t.deepEqual(await paid(started), [50_000_000n]);
});

test('a payment whose number something else took, for good, is planned anew; not before that is sure', async (t) => {
  const started = await begin(t);
  const { chain } = await startTestCustody(t, started, { giveUpAfterMs: 300 });
  // Somebody with our key took the number while ours waited.
  await started.pool.query(sql.unsafe`
    create function steal() returns trigger language plpgsql as $$
    begin
      if new.nonce is not null and new.address = ${sql.literalValue(OUTSIDE)} and not exists (
        select from simulated_transactions where address = 'thief'
      ) then
        insert into simulated_transactions (tx_id, nonce, asset, address, amount_minor, fee_minor, height)
        values ('stolen', new.nonce, 'USD', 'thief', 1, 0, 0);
        return null;
      end if;
      return new;
    end $$`);
  await started.pool.query(sql.unsafe`
    create trigger steal before insert on simulated_transactions for each row execute function steal()`);
  const withdrawalNo = await approved(started);
  const roots = z.strictObject({ count: z.bigint() });
  await until(
    async () =>
      (await started.pool.oneFirst(sql.type(roots)`
        select count(distinct root_id) as count from payments where withdrawal_no = ${withdrawalNo}`)) === 2n,
  );
  await mineUntil(started, chain, withdrawalNo, 'confirmed');
  t.deepEqual(await paid(started), [50_000_000n]);
});

test('a network that errs for a moment, and much later once more, never has a payment planned anew', async (t) => {
  const started = await begin(t);
  const giveUpAfterMs = 200;
  // One when it is followed, one after it was refused.
  let wrongAnswers = 0;
  const { chain } = await startTestCustody(t, started, {
    giveUpAfterMs,
    wrapChain: (network): Chain => ({
      ...network,
      async statusOf(txId) {
        if (wrongAnswers === 0) return network.statusOf(txId);
        wrongAnswers -= 1;
        return { type: 'unknown' };
      },
      async broadcast(signed) {
        if (wrongAnswers === 0) return network.broadcast(signed);
        throw new PaymentRefused('its number is used');
      },
    }),
  });
  const withdrawalNo = await approved(started);
  await until(async () => (await statusOf(started, withdrawalNo)) === 'broadcast');
  for (let moment = 0; moment < 2; moment += 1) {
    wrongAnswers = 2;
    await until(async () => wrongAnswers === 0);
    await new Promise((resolve) => setTimeout(resolve, 2 * giveUpAfterMs));
  }
  t.is(
    await started.pool.oneFirst(
      sql.type(z.strictObject({ count: z.bigint() }))`select count(*) from payments`,
    ),
    1n,
  );
  await mineUntil(started, chain, withdrawalNo, 'confirmed');
  for (let block = 0; block < 5; block += 1) await chain.mine();
  t.deepEqual(await paid(started), [50_000_000n]);
});

test('what was changed behind the plan, or lacks good approvals, is not signed', async (t) => {
  const started = await begin(t);
  const changed = await startTestCustody(t, started, {
    wrapChain: (chain): Chain => ({
      ...chain,
      outputsOf: (plan) => chain.outputsOf(plan).map((output) => ({ ...output, address: 'sim1thief' })),
    }),
  });
  const first = await approved(started);
  await until(async () => (await statusOf(started, first)) === 'failed');
  t.true(changed.errors.includes('a planned payment is not the withdrawal: it is not signed'));
  await changed.stop();
  const unsure = await startTestCustody(t, started, {
    checkApprovals: async () => refuse('approval_mismatch', 'a signature is not good'),
  });
  const second = await approved(started);
  await until(async () => (await statusOf(started, second)) === 'failed');
  t.true(unsure.errors.includes('a withdrawal lacks good approvals: it is not signed'));
  t.deepEqual(await paid(started), []);
  t.is(await started.wallet(started.alice, 'USD'), '1000000000/0');
});

test('a frozen account and a pause keep a payment from being signed, and hold nobody else up', async (t) => {
  const started = await begin(t);
  const { exchange, alice } = started;
  mustBeOk(await exchange.withdrawals.pause('by hand').then(() => exchange.withdrawals.resume()));
  const bob = await started.account({ USD: '100' });
  const frozen = await approved(started);
  mustBeOk(await exchange.setAccountPolicy(alice, { frozen: true }));
  const { withdrawal } = mustBeOk(
    await exchange.withdrawals.request(withdrawalOf(bob, { address: OUTSIDE })),
  );
  mustBeOk(await exchange.withdrawals.confirm(withdrawal.withdrawalNo, 0));
  const { chain } = await startTestCustody(t, started);
  await mineUntil(started, chain, withdrawal.withdrawalNo, 'confirmed');
  t.is(await statusOf(started, frozen), 'approved');
  t.deepEqual(await paid(started), [50_000_000n]);
});
