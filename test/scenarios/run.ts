import type { AnswerEffect, MarketEffect } from '../../src/actors/effects.ts';
import { formatQuantity } from '../../src/domain/markets/market.ts';
import { formatDecimal } from '../../src/domain/money.ts';
import { FEES_ACCOUNT } from '../../src/domain/trade.ts';
import { BUYER, LittleExchange, SELLER } from './little-exchange.ts';
import {
  type Asked,
  type Expectations,
  type ExpectedMoney,
  millisecondsOf,
  type Scenario,
  type Step,
} from './scenario.ts';
import { Telling } from './telling.ts';
import { ASSETS } from './wallets.ts';

export type Compare = (actual: unknown, expected: unknown, where: string) => void;

export interface Run {
  readonly compare: Compare;
  /** Whether everything is read back from what was written after each step. */
  readonly restarts: boolean;
}

/** Plays a scenario and compares what happens with what it expects. */
export function play(scenario: Scenario, { compare, restarts }: Run): void {
  const exchange = new LittleExchange(scenario);
  const telling = new Telling(exchange.market, (ref) => exchange.nameOf(ref));
  for (const [index, step] of scenario.steps.entries()) {
    const where = `step ${index + 1}${restarts ? ' (with restarts)' : ''}`;
    const { lines, refusals } = take(exchange, telling, step);
    compare(exchange.amiss(), [], `${where}: money and book`);
    compare(refusals, expectedRefusals(step), `${where}: refusals`);
    compare(inOrder(lines), inOrder(step.expect ?? []), where);
    compareState(exchange, telling, step, where, compare);
    if (restarts) exchange.restart();
    if (restarts) compare(exchange.amiss(), [], `${where}: money and book as they are read back`);
  }
  compareState(exchange, telling, scenario, `the end${restarts ? ' (with restarts)' : ''}`, compare);
}

function expectedRefusals({ asked, market, refused }: Step): (string | null)[] {
  const expected = asked.map((one) => one.refused ?? null);
  return market === undefined ? expected : [refused ?? null, ...expected];
}

/** Trades come in their order and so does what was prevented; of the orders that changed the order means nothing. */
function inOrder(lines: readonly string[]): string[] {
  const kindOf = (line: string) => (line.startsWith('trade ') ? 0 : line.startsWith('prevented ') ? 1 : 2);
  return lines.toSorted((a, b) => {
    const kinds = kindOf(a) - kindOf(b);
    if (kinds !== 0 || kindOf(a) < 2) return kinds;
    return a < b ? -1 : Number(a > b);
  });
}

function take(
  exchange: LittleExchange,
  telling: Telling,
  step: Step,
): { lines: string[]; refusals: (string | null)[] } {
  const effects: (MarketEffect | AnswerEffect)[] = [];
  const lines: string[] = [];
  const refusals: (string | null)[] = [];
  let status = exchange.state.status;
  const note = (effect: MarketEffect | AnswerEffect): string | null => {
    effects.push(effect);
    if (effect.type === 'answerEffect')
      return effect.reply.type === 'refused' ? effect.reply.refusal.code : null;
    lines.push(...telling.effect(effect));
    if (effect.status !== status) lines.push(`market ${effect.status}`);
    status = effect.status;
    return null;
  };
  if (step.at !== undefined) exchange.setClock(millisecondsOf(step.at));
  const admitted = askedOf(step, exchange).map(
    ({ account, command }) => [account, exchange.admit(account, command)] as const,
  );
  for (const effect of exchange.due()) note(effect);
  if (step.market !== undefined) {
    const auctionMs = step.for === undefined ? {} : { auctionMs: millisecondsOf(step.for) };
    refusals.push(note(exchange.handle({ type: 'setMarketStatus', status: step.market, ...auctionMs })));
  }
  for (const [account, result] of admitted) {
    if (!result.ok) refusals.push(result.refusal.code);
    else if ('repeats' in result.value) {
      const accountId = exchange.idOf(account);
      lines.push(
        ...result.value.repeats.map((orderNo) => `repeats ${exchange.nameOf({ accountId, orderNo })}`),
      );
      refusals.push(null);
    } else refusals.push(note(exchange.handle(result.value.command)));
  }
  for (const effect of exchange.due()) note(effect);
  exchange.settle(effects);
  return step.last === undefined ? { lines, refusals } : { lines: withoutOutsiders(lines), refusals: [] };
}

function askedOf({ asked, last: price }: Step, { market }: LittleExchange): readonly Asked[] {
  if (price === undefined) return asked;
  const order = {
    name: undefined,
    type: 'limit',
    price,
    quantity: formatQuantity(market, market.minQuantityLots),
  } as const;
  return [
    { account: SELLER, command: { place: { ...order, side: 'sell' } } },
    { account: BUYER, command: { place: { ...order, side: 'buy' } } },
  ];
}

/** @throws unless the outsiders traded with each other */
function withoutOutsiders(lines: readonly string[]): string[] {
  const isTheirs = (line: string) => line.includes(SELLER) || line.includes(BUYER);
  const theirs = lines.filter(isTheirs);
  if (theirs.length !== 4) throw new Error(`The outsiders met others: ${theirs.join('; ')}`);
  return lines.filter((line) => !isTheirs(line));
}

function compareState(
  exchange: LittleExchange,
  telling: Telling,
  expected: Expectations,
  where: string,
  compare: Compare,
): void {
  const { state } = exchange;
  if (expected.book !== undefined)
    compare({ bids: telling.bids(state), asks: telling.asks(state) }, expected.book, `${where}: book`);
  if (expected.waiting !== undefined)
    compare(telling.waiting(exchange.openOrders()), expected.waiting, `${where}: waiting`);
  if (expected.balances !== undefined)
    compare(moneyOf(exchange, expected.balances), expected.balances, `${where}: balances`);
}

/** The amounts that are asked for. */
function moneyOf(exchange: LittleExchange, asked: ExpectedMoney): ExpectedMoney {
  return Object.fromEntries(
    Object.entries(asked).map(([name, amounts]) => [
      name,
      Object.fromEntries(Object.keys(amounts).map((what) => [what, amountOf(exchange, name, what)])),
    ]),
  );
}

function amountOf(exchange: LittleExchange, name: string, what: string): string {
  const [symbol, part] = what.split(' ');
  const { id, scale } = ASSETS.find((asset) => asset.symbol === symbol)!;
  const { balance, locked } = exchange.wallets.of(name === 'fees' ? FEES_ACCOUNT : exchange.idOf(name), id);
  const amount = part === 'locked' ? locked : part === 'available' ? balance - locked : balance;
  return formatDecimal(amount, scale);
}
