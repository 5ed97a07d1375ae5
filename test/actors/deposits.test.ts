import test from 'ava';
import { codeOf, startTestExchange } from '../support/exchange.ts';

test('a reference is good for one deposit, in flight and afterwards', async (t) => {
  const { exchange, account, wallet } = await startTestExchange(t);
  const accountId = await account();
  const credit = { accountId, asset: 'USD', amount: '5', reference: 'wire-1' };
  const codes = (await Promise.all([credit, credit, credit].map((one) => exchange.credit(one)))).map(codeOf);
  t.deepEqual(codes, ['ok', 'duplicate_deposit', 'duplicate_deposit']);
  t.is(codeOf(await exchange.credit(credit)), 'duplicate_deposit');
  t.is(codeOf(await exchange.credit({ ...credit, reference: 'wire-2' })), 'ok');
  t.is(await wallet(accountId, 'USD'), '10000000/0');
});

test('a deposit that could not be looked up was not made and can be made again', async (t) => {
  let away = false;
  const { exchange, account, wallet } = await startTestExchange(t, {
    wrapLedger: (ledger) => ({
      ...ledger,
      depositExists: (...args) =>
        away
          ? Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
          : ledger.depositExists(...args),
    }),
  });
  const accountId = await account({ USD: '1' });
  const credit = { accountId, asset: 'USD', amount: '5', reference: 'wire-1' };
  away = true;
  t.is(codeOf(await exchange.credit(credit)), 'account_unavailable');
  away = false;
  t.is(codeOf(await exchange.credit(credit)), 'ok');
  t.is(await wallet(accountId, 'USD'), '6000000/0');
});
