import { z } from 'zod';
import { MARKET_STATUSES } from '../../src/domain/markets/market.ts';
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, TIMES_IN_FORCE } from '../../src/domain/orders/order.ts';

/** The form of the scenarios, which README.md explains. Unknown fields are refused, so that no typing error passes. */

const Decimal = z.string();
/** For example `10s`, `1500ms`, `2m`, `1d`: from the beginning of the scenario. */
const Duration = z.string().regex(/^[0-9]+(ms|s|m|h|d)$/);
const Percent = z.string().regex(/^[0-9]+(\.[0-9]{1,4})?%$/);
/** Refers to an account. */
const First = z.string().regex(/^[a-z]+$/);

/** Under `buy` or `sell` stands the name that its owner gives the order, or null. */
const Name = z.string().nullable().optional();
const Order = z
  .strictObject({
    buy: Name,
    sell: Name,
    type: z.enum(ORDER_TYPES).default('limit'),
    timeInForce: z.enum(TIMES_IN_FORCE).optional(),
    postOnly: z.boolean().optional(),
    reprice: z.boolean().optional(),
    price: Decimal.optional(),
    quantity: Decimal.optional(),
    quoteAmount: Decimal.optional(),
    stopPrice: Decimal.optional(),
    trailingOffset: Decimal.optional(),
    trailingPercent: Decimal.optional(),
    displayQuantity: Decimal.optional(),
    minQuantity: Decimal.optional(),
    expiresAt: Duration.optional(),
    selfTradePrevention: z.enum(SELF_TRADE_PREVENTIONS).optional(),
    tag: z.string().optional(),
  })
  .refine(({ buy, sell }) => (buy === undefined) !== (sell === undefined), 'an order buys or sells')
  .transform(({ buy, sell, ...order }) => ({
    ...order,
    name: buy ?? sell ?? undefined,
    side: buy === undefined ? ('sell' as const) : ('buy' as const),
  }));
export type ScenarioOrder = z.infer<typeof Order>;

const Command = z.union([
  Order.transform((order) => ({ place: order })),
  z.strictObject({ list: z.strictObject({ working: Order.optional(), legs: z.array(Order) }) }),
  z.strictObject({ replace: z.string(), with: Order }),
  z.strictObject({
    amend: z.string(),
    price: Decimal.optional(),
    quantity: Decimal.optional(),
    stopPrice: Decimal.optional(),
  }),
  z.strictObject({ cancel: z.string() }),
  z.strictObject({
    cancelAll: z.strictObject({ side: z.enum(['buy', 'sell']).optional(), tag: z.string().optional() }),
  }),
]);
export type ScenarioCommand = z.infer<typeof Command>;

const Asked = z.strictObject({ account: First, command: Command, refused: z.string().optional() });
export type Asked = z.infer<typeof Asked>;

const Money = z.record(First, z.record(z.string().regex(/^(BTC|USD)( available| locked)?$/), Decimal));
export type ExpectedMoney = z.infer<typeof Money>;

const Expected = {
  expect: z.array(z.string()).optional(),
  book: z
    .strictObject({ bids: z.array(z.string()).default([]), asks: z.array(z.string()).default([]) })
    .optional(),
  waiting: z.array(z.string()).optional(),
  balances: Money.optional(),
};

const Step = z.strictObject({
  at: Duration.optional(),
  market: z.enum(MARKET_STATUSES).optional(),
  /** Only with a market's status. */
  for: Duration.optional(),
  refused: z.string().optional(),
  /** Two outsiders trade the smallest quantity at this price. */
  last: Decimal.optional(),
  asked: z.array(Asked),
  ...Expected,
});
export type Step = z.infer<typeof Step>;
export type Expectations = Pick<Step, keyof typeof Expected>;

const Fees = z.strictObject({ from: Decimal.optional(), maker: Percent, taker: Percent });

const Market = z.strictObject({
  tickSize: Decimal.optional(),
  lotSize: Decimal.optional(),
  minQuantity: Decimal.optional(),
  maxQuantity: Decimal.optional(),
  minNotional: Decimal.optional(),
  maxNotional: Decimal.optional(),
  band: Percent.optional(),
  limitBand: Percent.optional(),
  maxOpenOrders: z.number().optional(),
  maxOpenStops: z.number().optional(),
  fees: z.union([Fees, z.array(Fees)]).optional(),
  status: z.enum(['open', 'pending', 'auction']).optional(),
  breaker: z.strictObject({ band: Percent, window: Duration, auction: Duration }).optional(),
});
export type ScenarioMarket = z.infer<typeof Market>;

const Scenario = z.strictObject({
  title: z.string(),
  market: Market.optional(),
  accounts: z.record(First, z.record(z.enum(['BTC', 'USD']), Decimal.optional())),
  /** Trade groups: accounts of one owner. */
  groups: z.array(z.array(First)).optional(),
  /** Self-trade prevention of accounts whose orders don't ask for any. */
  selfTradePrevention: z.partialRecord(First, z.enum(SELF_TRADE_PREVENTIONS)).optional(),
  steps: z.array(Step),
  ...Expected,
});
export type Scenario = z.infer<typeof Scenario>;

const STEP_FIELDS: ReadonlySet<string> = new Set([...Object.keys(Step.shape), 'together']);

/**
 * Reads the scenarios of a file.
 * @throws when one hasn't the form
 */
export function readScenarios(file: string, json: unknown): Scenario[] {
  return z
    .array(z.looseObject({ title: z.string(), steps: z.array(z.record(z.string(), z.unknown())) }))
    .parse(json)
    .map((scenario) => {
      const parsed = Scenario.safeParse({ ...scenario, steps: scenario.steps.map(stepOf) });
      if (!parsed.success) throw new Error(`${file}: ${scenario.title}\n${z.prettifyError(parsed.error)}`);
      return parsed.data;
    });
}

/** What accounts ask for is written under their names. */
function stepOf(step: Record<string, unknown>): Record<string, unknown> {
  const { together, ...rest } = step;
  const fields = Object.entries(rest).filter(([key]) => STEP_FIELDS.has(key));
  const asked = askedOf(rest);
  if (Array.isArray(together)) return { ...Object.fromEntries(fields), asked: together.flatMap(askedOf) };
  // A step of one command says itself whether it is refused.
  return { ...Object.fromEntries(fields.filter(([key]) => key !== 'refused' || asked.length === 0)), asked };
}

function askedOf(step: Record<string, unknown>): unknown[] {
  return Object.entries(step)
    .filter(([key]) => !STEP_FIELDS.has(key))
    .map(([account, command]) => ({
      account,
      command,
      ...(step.refused === undefined ? {} : { refused: step.refused }),
    }));
}

const UNITS = Object.freeze({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const);

/** A duration in milliseconds. */
export function millisecondsOf(duration: string): number {
  const [, count, unit] = /^([0-9]+)(ms|s|m|h|d)$/.exec(duration)!;
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** Millionths of a percentage. */
export function ppmOf(percent: string): number {
  return Math.round(Number(percent.slice(0, -1)) * 10_000);
}
