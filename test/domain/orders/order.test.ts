import test from 'ava';
import fc from 'fast-check';
import { holdAssetId, holdFor, initialHold } from '../../../src/domain/orders/order.ts';
import type { OrderRequest } from '../../../src/domain/orders/order-request.ts';
import { protectionPrice } from '../../../src/domain/orders/order-values.ts';
import { ticketFor } from '../../../src/domain/orders/ticket.ts';
import { marketOf } from '../../support/markets.ts';

const market = marketOf();
const limit: OrderRequest = { market: 'BTC-USD', side: 'buy', type: 'limit', price: '100.5', quantity: '2' };
const byQuantity: OrderRequest = { market: 'BTC-USD', side: 'buy', type: 'market', quantity: '2' };
const byAmount: OrderRequest = { market: 'BTC-USD', side: 'buy', type: 'market', quoteAmount: '250' };

/** The request with some fields changed, or left out where they are undefined. */
function changed(request: OrderRequest, change: Partial<OrderRequest>): OrderRequest {
  const entries = Object.entries({ ...request, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as OrderRequest;
}

function codeOf(
  request: OrderRequest,
  change: Partial<OrderRequest>,
  reference: number | null = 10_000,
): string {
  const ticket = ticketFor(market, changed(request, change), reference);
  return ticket.ok ? 'accepted' : ticket.refusal.code;
}

test('a limit order in ticks and lots', (t) => {
  const ticket = ticketFor(market, limit, null);
  t.deepEqual(ticket, {
    ok: true,
    value: {
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      postOnly: false,
      priceTicks: 10_050,
      quantityLots: 20_000,
      quoteBudget: 0,
    },
  });
});

test('a market order becomes immediate-or-cancel at its protection price', (t) => {
  const buy = ticketFor(market, byQuantity, 10_000);
  const sell = ticketFor(market, { ...byQuantity, side: 'sell' }, 10_000);
  t.like(buy.ok && buy.value, { timeInForce: 'ioc', priceTicks: 11_000, quantityLots: 20_000 });
  t.like(sell.ok && sell.value, { timeInForce: 'ioc', priceTicks: 9_000 });
  const amount = ticketFor(market, byAmount, 10_000);
  t.like(amount.ok && amount.value, { priceTicks: 11_000, quoteBudget: 250_000_000 });
  if (amount.ok) t.is(initialHold(market, amount.value), 250_000_000n);
});

test('a budget is rounded down to whole ticks × lots, so that a hold never exceeds what was allowed', (t) => {
  const coarse = marketOf({ tickSize: '0.05', lotSize: '0.001', minQuantity: '0.001' });
  const ticket = ticketFor(coarse, { ...byAmount, quoteAmount: '10.000049' }, 10_000);
  if (!ticket.ok) return t.fail();
  t.is(initialHold(coarse, ticket.value), 10_000_000n);
});

const refusals: readonly (readonly [string, OrderRequest, Partial<OrderRequest>])[] = [
  ['invalid_order', limit, { price: undefined }],
  ['invalid_order', limit, { quantity: undefined }],
  ['invalid_order', limit, { quoteAmount: '1' }],
  ['invalid_order', limit, { postOnly: true, timeInForce: 'ioc' }],
  ['invalid_order', limit, { postOnly: true, timeInForce: 'fok' }],
  ['invalid_order', byQuantity, { price: '1' }],
  ['invalid_order', byQuantity, { postOnly: true }],
  ['invalid_order', byQuantity, { timeInForce: 'gtc' }],
  ['invalid_order', byQuantity, { quantity: undefined }],
  ['invalid_order', byQuantity, { quoteAmount: '5' }],
  ['invalid_order', byAmount, { side: 'sell' }],
  ['invalid_order', byAmount, { timeInForce: 'fok' }],
  ['invalid_client_order_id', limit, { clientOrderId: '' }],
  ['invalid_client_order_id', limit, { clientOrderId: 'a b' }],
  ['invalid_client_order_id', limit, { clientOrderId: '.' }],
  ['invalid_client_order_id', limit, { clientOrderId: '..' }],
  ['invalid_client_order_id', limit, { clientOrderId: '../x' }],
  ['invalid_client_order_id', limit, { clientOrderId: 'a/./b' }],
  ['invalid_client_order_id', limit, { clientOrderId: 'a/..' }],
  ['invalid_client_order_id', limit, { clientOrderId: 'a\n' }],
  ['invalid_client_order_id', limit, { clientOrderId: 'x'.repeat(65) }],
  ['invalid_amount', limit, { price: '1e2' }],
  ['invalid_amount', limit, { quantity: '-0' }],
  ['too_many_decimals', limit, { price: '100.505' }],
  ['too_many_decimals', limit, { quantity: '1.000000001' }],
  ['invalid_price', limit, { price: '0' }],
  ['invalid_price', limit, { price: '100000000000000' }],
  ['lot_size', limit, { quantity: '1.00001' }],
  ['invalid_quantity', limit, { quantity: '0' }],
  ['quantity_too_small', limit, { quantity: '0.0001' }],
  ['quantity_too_large', limit, { quantity: '1000.0001' }],
  ['notional_too_small', limit, { price: '0.01' }],
  ['notional_too_large', limit, { price: '90000000000' }],
  ['notional_too_small', byAmount, { quoteAmount: '0.999999' }],
  ['notional_too_small', byAmount, { quoteAmount: '0' }],
  ['notional_too_large', byAmount, { quoteAmount: '9007199255' }],
  ['too_many_decimals', byAmount, { quoteAmount: '1.0000001' }],
  ['lot_size', byQuantity, { quantity: '0.00025' }],
];
for (const [code, request, change] of refusals) {
  const form = request === limit ? 'limit' : 'market';
  test(`a ${form} order with ${JSON.stringify(change, (_key, value) => value ?? 'left out')} is refused: ${code}`, (t) =>
    t.is(codeOf(request, change), code));
}

test('a price between two ticks is refused', (t) => {
  const coarse = marketOf({ tickSize: '0.05' });
  const ticket = ticketFor(coarse, { ...limit, price: '100.52' }, null);
  t.is(ticket.ok ? 'accepted' : ticket.refusal.code, 'tick_size');
});

test('a market order needs a price to be protected by', (t) => {
  t.is(codeOf(byQuantity, {}, null), 'no_reference_price');
});

test('near the end of what can be counted a market order is still an order that the book takes', (t) => {
  const wide = marketOf({ minQuantity: '0.0001', minNotional: '0', bandPpm: 1_000_000 });
  const request = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    reference: fc.oneof(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.constantFrom(1, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1),
    ),
    amount: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
    lots: fc.integer({ min: 1, max: wide.maxQuantityLots }),
  });
  fc.assert(
    fc.property(request, ({ side, reference, amount, lots }) => {
      const size =
        amount === null || side === 'sell'
          ? { quantity: `${lots / 10_000}`.slice(0, 20) }
          : { quoteAmount: `${BigInt(amount) / 1_000_000n}.${String(amount % 1_000_000).padStart(6, '0')}` };
      fc.pre(!/e/.test(Object.values(size)[0] ?? ''));
      const ticket = ticketFor(wide, { market: 'BTC-USD', side, type: 'market', ...size }, reference);
      if (!ticket.ok) return;
      const { priceTicks, quantityLots, quoteBudget } = ticket.value;
      t.true(Number.isSafeInteger(priceTicks) && priceTicks >= 1);
      t.true(Number.isSafeInteger(quantityLots) && quantityLots >= 1);
      t.true(Number.isSafeInteger(quoteBudget) && quoteBudget >= 0);
      t.true(BigInt(priceTicks) * BigInt(quantityLots) <= BigInt(Number.MAX_SAFE_INTEGER));
    }),
  );
});

test('the protection price stays within the band and above zero', (t) => {
  t.is(protectionPrice(market, 'buy', 10_005), 11_005);
  t.is(protectionPrice(market, 'sell', 10_005), 9_005);
  t.is(protectionPrice(marketOf({ bandPpm: 1_000_000 }), 'sell', 5), 1);
  t.is(protectionPrice(market, 'buy', Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
});

test('a buy holds what it may cost, a sell what it may give', (t) => {
  t.is(holdFor(market, 'buy', 10_050, 20_000), 201_000_000n);
  t.is(holdFor(market, 'sell', 10_050, 20_000), 200_000_000n);
  t.is(holdAssetId(market, 'buy'), market.quote.id);
  t.is(holdAssetId(market, 'sell'), market.base.id);
});
