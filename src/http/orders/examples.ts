import type { OrderListRequest } from '../../domain/orders/order-list.ts';
import type { OrderRequest } from '../../domain/orders/order-request.ts';

/** One request for each thing that can be asked for, for both documents; a test places them all. */

interface Example<Value> {
  readonly summary: string;
  readonly value: Value;
}

const market = 'BTC-USDT';

export const ORDER_EXAMPLES: Readonly<Record<string, Example<OrderRequest>>> = Object.freeze({
  limit: {
    summary: 'Limit, good till canceled',
    value: {
      market,
      side: 'buy',
      type: 'limit',
      price: '60000.5',
      quantity: '0.015',
      clientOrderId: 'grid-7/42',
    },
  },
  market: {
    summary: 'Market, by quantity',
    value: { market, side: 'sell', type: 'market', quantity: '0.01' },
  },
  marketByAmount: {
    summary: 'Market, by the amount to spend',
    value: { market, side: 'buy', type: 'market', quoteAmount: '250' },
  },
  fillOrKill: {
    summary: 'Fill or kill',
    value: { market, side: 'buy', type: 'limit', price: '64000', quantity: '0.01', timeInForce: 'fok' },
  },
  immediateWithMinimum: {
    summary: 'Immediate or cancel, with a minimum',
    value: {
      market,
      side: 'buy',
      type: 'limit',
      price: '64000',
      quantity: '0.02',
      timeInForce: 'ioc',
      minQuantity: '0.01',
    },
  },
  goodTillDate: {
    summary: 'Good till date',
    value: {
      market,
      side: 'buy',
      type: 'limit',
      price: '58000',
      quantity: '0.02',
      timeInForce: 'gtd',
      expiresAt: '2099-12-31T23:59:59.000Z',
    },
  },
  postOnly: {
    summary: 'Post-only, repriced rather than refused',
    value: {
      market,
      side: 'buy',
      type: 'limit',
      price: '70000',
      quantity: '0.02',
      postOnly: true,
      reprice: true,
    },
  },
  iceberg: {
    summary: 'Iceberg',
    value: { market, side: 'buy', type: 'limit', price: '59000', quantity: '0.5', displayQuantity: '0.05' },
  },
  stop: {
    summary: 'Stop: sells at market once the last price falls to 57,000',
    value: { market, side: 'sell', type: 'stop', stopPrice: '57000', quantity: '0.01' },
  },
  stopLimit: {
    summary: 'Stop-limit',
    value: { market, side: 'sell', type: 'stop_limit', stopPrice: '57000', price: '56900', quantity: '0.01' },
  },
  takeProfit: {
    summary: 'Take-profit: sells at market once the last price rises to 70,000',
    value: { market, side: 'sell', type: 'take_profit', stopPrice: '70000', quantity: '0.01' },
  },
  takeProfitLimit: {
    summary: 'Take-profit-limit',
    value: {
      market,
      side: 'sell',
      type: 'take_profit_limit',
      stopPrice: '70000',
      price: '69900',
      quantity: '0.01',
    },
  },
  trailingStop: {
    summary: 'Trailing stop, 500 below the best price since',
    value: { market, side: 'sell', type: 'trailing_stop', trailingOffset: '500', quantity: '0.01' },
  },
  trailingStopByPercent: {
    summary: 'Trailing stop, 1.5 % below the best price since',
    value: { market, side: 'sell', type: 'trailing_stop', trailingPercent: '1.5', quantity: '0.01' },
  },
  selfTradePrevention: {
    summary: 'With a tag, and self-trade prevention of its own',
    value: {
      market,
      side: 'buy',
      type: 'limit',
      price: '59500',
      quantity: '0.01',
      selfTradePrevention: 'decrement_and_cancel',
      tag: 'grid',
    },
  },
});

const takeProfit = { side: 'sell', type: 'limit', price: '66000', quantity: '0.1' } as const;
const stopLoss = { side: 'sell', type: 'stop', stopPrice: '57000', quantity: '0.1' } as const;
const entry = { side: 'buy', type: 'limit', price: '58500', quantity: '0.1' } as const;

export const LIST_EXAMPLES: Readonly<Record<string, Example<OrderListRequest>>> = Object.freeze({
  oco: {
    summary: 'OCO: take a profit or stop a loss, whichever comes first',
    value: { market, legs: [takeProfit, stopLoss] },
  },
  oto: {
    summary: 'OTO: buy, and sell higher what was bought',
    value: { market, working: entry, legs: [takeProfit] },
  },
  otoco: {
    summary: 'OTOCO: buy, then take a profit or stop a loss',
    value: { market, working: entry, legs: [takeProfit, stopLoss] },
  },
});
