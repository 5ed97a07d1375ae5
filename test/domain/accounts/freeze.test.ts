import test from 'ava';
import fc from 'fast-check';
import type { AccountPolicy } from '../../../src/domain/accounts/admission.ts';
import { accountWith, admit, changes, codeOf, limit, market, NOW, settledOrder } from './account-session.ts';

const place = (account: ReturnType<typeof accountWith>, more = {}) =>
  codeOf(account.admitOrder(market, limit(more), null, NOW));

test('a frozen account takes no order, list or replacement; what was placed before is still found by its name', (t) => {
  const account = accountWith(10n ** 12n);
  const order = admit(account, limit({ clientOrderId: 'a' }));
  account.settle(changes({ orders: [settledOrder(order)] }));
  const before = account.allAvailable;
  account.policy.ask({ frozen: true });
  t.is(place(account), 'account_frozen', 'before it is committed');
  account.settle(changes({ policy: { tradeGroup: 1000, selfTrade: 'none', frozen: true } }));
  t.is(place(account), 'account_frozen');
  t.is(codeOf(account.admitOrder(market, limit(), null, NOW, order.orderNo)), 'account_frozen');
  const legs = [limit({ price: '90', type: 'limit' }), limit({ type: 'stop', stopPrice: '110' })];
  t.is(codeOf(account.admitList(market, { market: 'BTC-USD', legs }, null, NOW)), 'account_frozen');
  const repeat = account.admitOrder(market, limit({ clientOrderId: 'a' }), null, NOW);
  t.is(repeat.ok && repeat.value.kind, 'repeated');
  t.true(account.working({ orderNo: order.orderNo }).ok, 'it can be canceled');
  t.deepEqual(account.allAvailable, before, 'nothing was reserved');
});

test('while frozen an amend may lower the quantity and nothing else', (t) => {
  const account = accountWith(10n ** 12n);
  const order = admit(account, limit({ price: '100', quantity: '1' }));
  account.settle(changes({ orders: [settledOrder(order)] }));
  account.policy.ask({ frozen: true });
  const amend = (change: object) => codeOf(account.admitAmend(market, 1, change));
  t.is(amend({ quantity: '1.0001' }), 'account_frozen');
  t.is(amend({ price: '99' }), 'account_frozen', 'lower, but another price');
  t.is(amend({ price: '101', quantity: '0.5' }), 'account_frozen');
  t.is(amend({ quantity: '0.5' }), 'accepted');
});

test('between the moment in which a freeze is asked for and the commit of its end no order gets in', (t) => {
  type Step = 'freeze' | 'unfreeze' | 'group' | 'commit' | 'restart' | 'order';
  const step = fc.constantFrom<Step>('freeze', 'unfreeze', 'group', 'commit', 'restart', 'order');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const start: AccountPolicy = { tradeGroup: 1000, selfTrade: 'cancel_newest', frozen: false };
      let account = accountWith(10n ** 15n);
      let committed = start;
      let group = start.tradeGroup;
      /** What was asked for and is not committed, in order. */
      const pending: AccountPolicy[] = [];
      for (const action of steps) {
        const wanted = pending.at(-1) ?? committed;
        switch (action) {
          case 'freeze':
          case 'unfreeze':
            pending.push(account.policy.ask({ frozen: action === 'freeze' }));
            t.is(pending.at(-1)!.tradeGroup, group, 'a freeze undoes nothing else');
            break;
          case 'group':
            group += 1;
            pending.push(account.policy.ask({ tradeGroup: group }));
            t.is(pending.at(-1)!.frozen, wanted.frozen, 'nothing else undoes a freeze');
            break;
          case 'commit':
            // A batch may hold several and tells the last of them.
            committed = pending.splice(0, Math.ceil(pending.length / 2)).at(-1) ?? committed;
            account.settle(changes({ policy: committed }));
            break;
          case 'restart':
            // What was not committed is lost, and nobody was told that it was done.
            pending.length = 0;
            group = committed.tradeGroup;
            account = accountWith(10n ** 15n, 0n, { policy: committed });
            break;
          case 'order':
            if (committed.frozen || wanted.frozen) t.is(place(account), 'account_frozen');
            else if (pending.length === 0) t.is(place(account), 'accepted');
            break;
        }
      }
    }),
    { numRuns: 500 },
  );
});
