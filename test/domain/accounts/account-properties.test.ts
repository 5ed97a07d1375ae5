import test from 'ava';
import fc from 'fast-check';
import { holdFor, initialHold, type Order } from '../../../src/domain/orders/order.ts';
import type { OrderStatus } from '../../../src/domain/orders/order-machine.ts';
import {
  accountWith,
  admit,
  BASE,
  changes,
  codeOf,
  limit,
  market,
  NOW,
  QUOTE,
  settledOrder,
} from './account-session.ts';

test('what an amend reserves on top covers it however much is filled by the time it is handled', (t) => {
  const amends = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    price: fc.integer({ min: 1, max: 1_000 }),
    quantity: fc.integer({ min: 1, max: 100 }),
    filled: fc.nat(99),
    newPrice: fc.integer({ min: 1, max: 1_000 }),
    newQuantity: fc.integer({ min: 1, max: 100 }),
  });
  const text = (units: number, decimals: number) => (units / 10 ** decimals).toFixed(decimals);
  fc.assert(
    fc.property(amends, ({ side, price, quantity, filled, newPrice, newQuantity }) => {
      fc.pre(filled < quantity);
      const account = accountWith(10n ** 12n, 10n ** 12n);
      const order = admit(account, limit({ side, price: text(price, 2), quantity: text(quantity, 4) }));
      const status: OrderStatus = filled > 0 ? 'partially_filled' : 'open';
      account.settle(
        changes({
          orders: [settledOrder(order, { filledLots: filled, status })],
        }),
      );
      const amend = account.admitAmend(market, 1, {
        price: text(newPrice, 2),
        quantity: text(newQuantity, 4),
      });
      if (newQuantity <= filled) return t.is(codeOf(amend), 'quantity_below_filled');
      if (!amend.ok) return t.fail(amend.refusal.code);
      // Every state in which the market may find the order when it gets to the amend.
      for (let now = filled; now < quantity; now += 1) {
        if (newQuantity <= now) continue;
        const before = holdFor(market, side, price, quantity - now);
        const after = holdFor(market, side, newPrice, newQuantity - now);
        t.true(before + amend.value.reserved.amountMinor >= after, `filled ${now}`);
      }
    }),
  );
});

test('what may be spent is never more than a ledger without promises would allow', (t) => {
  type Step =
    | { readonly kind: 'place'; readonly price: number; readonly lots: number; readonly side: 'buy' | 'sell' }
    | { readonly kind: 'fill' | 'cancel' | 'refuse'; readonly which: number; readonly part: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant('place' as const),
      price: fc.integer({ min: 1, max: 50 }),
      lots: fc.integer({ min: 1, max: 50 }),
      side: fc.constantFrom('buy' as const, 'sell' as const),
    }),
    fc.record({
      kind: fc.constantFrom('fill' as const, 'cancel' as const, 'refuse' as const),
      which: fc.nat(20),
      part: fc.integer({ min: 1, max: 100 }),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const start = 5_000n;
      const account = accountWith(start, start * market.lotMinor);
      // The ledger: what the account owns, and its live orders with what is left of them.
      const owned = new Map([
        [QUOTE, start],
        [BASE, start * market.lotMinor],
      ]);
      const live = new Map<number, Order>();
      const held = (assetId: number) =>
        [...live.values()].reduce((sum, order) => {
          const asset = order.side === 'buy' ? QUOTE : BASE;
          const rest = order.quantityLots - order.filledLots;
          return asset === assetId ? sum + holdFor(market, order.side, order.priceTicks, rest) : sum;
        }, 0n);
      const move = (assetId: number, minor: bigint) => owned.set(assetId, owned.get(assetId)! + minor);

      for (const action of steps) {
        if (action.kind === 'place') {
          const { side } = action;
          const request = limit({ side, price: `0.${String(action.price).padStart(2, '0')}` });
          const admission = account.admitOrder(
            market,
            { ...request, quantity: (action.lots / 10_000).toFixed(4) },
            null,
            NOW,
          );
          const cost = holdFor(market, side, action.price, action.lots);
          const assetId = side === 'buy' ? QUOTE : BASE;
          t.is(admission.ok, cost <= owned.get(assetId)! - held(assetId), 'taken exactly if it is covered');
          if (admission.ok && admission.value.kind === 'admitted') {
            t.is(admission.value.reserved.amountMinor, initialHold(market, admission.value.order));
            live.set(admission.value.order.orderNo, settledOrder(admission.value.order));
          }
        } else {
          const order = [...live.values()][action.which % Math.max(1, live.size)];
          if (order === undefined) continue;
          const assetId = order.side === 'buy' ? QUOTE : BASE;
          const rest = order.quantityLots - order.filledLots;
          if (action.kind === 'refuse' && order.filledLots === 0) {
            live.delete(order.orderNo);
            account.returnOrders(
              [order.orderNo],
              [{ assetId: assetId, amountMinor: holdFor(market, order.side, order.priceTicks, rest) }],
            );
          } else if (action.kind === 'cancel') {
            live.delete(order.orderNo);
            const released = [[assetId, holdFor(market, order.side, order.priceTicks, rest)] as const];
            account.settle(changes({ released, orders: [{ ...order, status: 'canceled' }] }));
          } else {
            const lots = Math.max(1, Math.floor((rest * action.part) / 100));
            const left = rest - lots;
            const base = BigInt(lots) * market.lotMinor;
            const quote = BigInt(lots * order.priceTicks) * market.tickLotMinor;
            move(BASE, order.side === 'buy' ? base : -base);
            move(QUOTE, order.side === 'buy' ? -quote : quote);
            const filled = { ...order, filledLots: order.filledLots + lots };
            const status: OrderStatus = left === 0 ? 'filled' : 'partially_filled';
            if (left === 0) live.delete(order.orderNo);
            else live.set(order.orderNo, filled);
            const received = order.side === 'buy' ? ([BASE, base] as const) : ([QUOTE, quote] as const);
            account.settle(changes({ released: [received], orders: [{ ...filled, status }] }));
          }
        }
        for (const assetId of [QUOTE, BASE]) {
          t.is(account.available(assetId), owned.get(assetId)! - held(assetId));
          t.true(account.available(assetId) >= 0n);
        }
      }
    }),
    { numRuns: 60 },
  );
});
