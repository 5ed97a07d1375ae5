/** Of everybody who attacks. */
export const PASSWORD = 'correct horse battery';

/**
 * Values that a schema alone does not lead to, by the name of the field: with them a made-up request gets further than to
 * the first refusal. A field that is not here is made from its schema. What ends by itself (a countdown, an auction) is
 * long here, so that nothing happens while somebody looks whether anything did.
 */
export const SAMPLES: Readonly<Record<string, readonly unknown[]>> = Object.freeze({
  market: ['BTC-USDT', 'BTC-USDT', 'ETH-USDT', 'NO-SUCH'],
  asset: ['BTC', 'USDT', 'NONE'],
  base: ['BTC', 'ETH', 'F1'],
  quote: ['USDT', 'BTC'],
  type: ['limit', 'limit', 'market', 'stop', 'stop_limit', 'trailing_stop'],
  timeInForce: ['gtc', 'ioc', 'fok', 'gtd'],
  price: ['100', '100.01', '99.5', '104', '0.001'],
  quantity: ['1', '0.1', '0.01', '250', '0.00000001'],
  quoteAmount: ['50', '10.5'],
  stopPrice: ['90', '110'],
  trailingOffset: ['2'],
  trailingPercent: ['1.5'],
  displayQuantity: ['0.05'],
  minQuantity: ['0.01'],
  maxQuantity: ['1000'],
  minNotional: ['1'],
  maxNotional: ['1000000'],
  tickSize: ['0.01'],
  lotSize: ['0.0001'],
  minVolume: ['0', '1000000'],
  amount: ['1', '0.00000001', '1000'],
  expiresAt: ['2098-01-05T12:00:00.000Z'],
  from: ['2026-01-05T12:00:00Z'],
  to: ['2098-01-05T12:00:00Z'],
  seconds: [0, 3_600],
  auctionSeconds: [3_600, 86_400],
  windowSeconds: [60],
  status: ['open', 'post_only', 'auction', 'halted', 'past'],
  password: [PASSWORD],
  currentPassword: [PASSWORD],
  newPassword: [PASSWORD, 'another correct horse'],
  publicKey: ['11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='],
  network: ['simulated', 'simulated', 'moon'],
  networks: [[], ['127.0.0.0/8'], ['2001:db8::/32']],
  scopes: [['read'], ['read', 'trade']],
  code: ['123456', '000000', 'ABCD-EFGH-JKMN-PQRS'.replace('J', '2')],
});
