import test from 'ava';
import type { Ledger, SettleOutcome } from '../../../src/domain/settlement.ts';
import { codeOf, eventually, mustBeOk, startTestExchange } from '../../support/exchange.ts';

const outage = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });

type Fault = 'before' | 'after' | 'none';

/** A ledger whose settlements fail before or after the commit, as a connection that breaks does. */
function failing(next: () => Fault): (ledger: Ledger) => Ledger {
  return (ledger) => ({
    ...ledger,
    async settle(batch, frame): Promise<SettleOutcome> {
      const fault = next();
      if (fault === 'before') throw outage();
      const outcome = await ledger.settle(batch, frame);
      if (fault === 'after') throw outage();
      return outcome;
    },
  });
}

test('an outcome that isn’t known is found out: nothing is lost and nothing applied twice', async (t) => {
  // A fixed pattern: every kind of failure follows every other, and no more than two in a row.
  const pattern: Fault[] = ['none', 'after', 'none', 'before', 'none', 'before', 'after', 'none'];
  let settlements = 0;
  const { place, account, wallet, frames } = await startTestExchange(t, {
    wrapLedger: failing(() => pattern[settlements++ % pattern.length]!),
  });
  const alice = await account({ USD: '1000' });
  for (let round = 0; round < 4; round += 1) {
    const answers = await Promise.all(Array.from({ length: 25 }, () => place(alice, { quantity: '0.1' })));
    t.true(answers.every(({ ok }) => ok));
  }
  t.is(await wallet(alice, 'USD'), '1000000000/1000000000');
  t.is(codeOf(await place(alice, { quantity: '0.1' })), 'insufficient_funds');
  const sequences = frames.filter(({ accountId }) => accountId === alice).map(({ sequence }) => sequence);
  t.deepEqual(
    sequences,
    sequences.map((_, index) => index + 1),
    'each frame is told once, also when its commit was only found afterwards',
  );
});

test('while the database is away commands queue, beyond a limit they are refused, then everything drains', async (t) => {
  let away = false;
  const { exchange, place, account, wallet } = await startTestExchange(t, {
    maxBacklog: 50,
    wrapLedger: failing(() => (away ? 'before' : 'none')),
  });
  const alice = await account({ USD: '1000' });
  away = true;
  const queued = Array.from({ length: 50 }, () => place(alice, { quantity: '0.1' }));
  while (exchange.backlog() < 50) await new Promise((resolve) => setImmediate(resolve));
  const more = Array.from({ length: 10 }, () => place(alice, { quantity: '0.1' }));
  while (exchange.isReady() || exchange.backlog() <= 50)
    await new Promise((resolve) => setImmediate(resolve));
  const codes = (await Promise.all(Array.from({ length: 5 }, () => place(alice, { quantity: '0.1' })))).map(
    codeOf,
  );
  t.deepEqual([...new Set(codes)], ['exchange_overloaded']);
  away = false;
  for (const answer of await Promise.all(queued)) t.true(answer.ok);
  const late = (await Promise.all(more)).filter(({ ok }) => ok).length;
  t.is(await wallet(alice, 'USD'), `1000000000/${(50 + late) * 10_000_000}`);
  t.true(exchange.isReady());
});

test('who waits too long is told that nobody knows, and finds out by sending again', async (t) => {
  let away = false;
  // What sets the exchange up has time; only then answers are waited for so briefly.
  const setUp = await startTestExchange(t);
  const alice = await setUp.account({ USD: '1000' });
  const { place } = await setUp.restart({
    replyTimeoutMs: 150,
    wrapLedger: failing(() => (away ? 'before' : 'none')),
  });
  away = true;
  t.is(codeOf(await place(alice, { clientOrderId: 'a' })), 'outcome_unknown');
  away = false;
  let again = await place(alice, { clientOrderId: 'a' });
  while (codeOf(again) === 'outcome_unknown') again = await place(alice, { clientOrderId: 'a' });
  t.true(mustBeOk(again).repeated);
});

test('a settlement that can never succeed stops the exchange: nothing of it is acknowledged', async (t) => {
  let broken = false;
  const stopped: string[] = [];
  const setUp = await startTestExchange(t);
  const alice = await setUp.account({ USD: '1000' });
  const { exchange, place, wallet } = await setUp.restart({
    replyTimeoutMs: 300,
    onStopped: (why) => stopped.push(why),
    wrapLedger: (ledger) => ({
      ...ledger,
      settle: (batch, frame) =>
        ledger.settle(
          broken
            ? { ...batch, wallets: batch.wallets.map((delta) => ({ ...delta, lockedMinor: 10n ** 30n })) }
            : batch,
          frame,
        ),
    }),
  });
  broken = true;
  t.is(codeOf(await place(alice, {})), 'outcome_unknown');
  await eventually(() => stopped.length > 0);
  t.deepEqual(stopped, ['failed']);
  t.false(exchange.isReady());
  t.is(codeOf(await place(alice, {})), 'exchange_stopped');
  t.is(await wallet(alice, 'USD'), '1000000000/0');
});

test('an exchange whose epoch is old commits nothing and says so', async (t) => {
  const stopped: string[] = [];
  const setUp = await startTestExchange(t);
  const alice = await setUp.account({ USD: '1000' });
  const first = await setUp.restart({ onStopped: (why) => stopped.push(why), replyTimeoutMs: 500 });
  const second = await startTestExchange(t, { pool: first.pool });
  t.is(codeOf(await first.place(alice, {})), 'outcome_unknown');
  await eventually(() => stopped.length > 0);
  t.deepEqual(stopped, ['fenced']);
  t.is(codeOf(await first.place(alice, {})), 'exchange_stopped');
  mustBeOk(await second.place(alice, { quantity: '10' }));
  t.is(await second.wallet(alice, 'USD'), '1000000000/1000000000');
});
