import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { AnswerEffect, MarketEffect } from '../../../src/actors/effects.ts';
import type { MarketCommand } from '../../../src/actors/market-messages.ts';
import { Matching } from '../../../src/actors/markets/matching.ts';
import { BatchBuilder } from '../../../src/actors/settlement/batch.ts';
import { BUY, SELL } from '../../../src/domain/book/commands.ts';
import { createCatalog } from '../../../src/domain/catalog.ts';
import { holdFor, initialHold } from '../../../src/domain/orders/order.ts';
import { isWorking } from '../../../src/domain/orders/order-machine.ts';
import { postingsOfTrade } from '../../../src/domain/trade.ts';
import { BTC, USD } from '../../support/markets.ts';
import { Accounts, empty, market, queues, REPLY_TO, snapshotOf, step } from './commands.ts';

function assertConsistent(t: ExecutionContext, { state }: Matching): void {
  t.is(state.orders.size, state.book.restingCount);
  for (const side of [BUY, SELL] as const) {
    state.book.forEachResting(side, (id, _side, priceTicks, remaining) => {
      const resting = state.orders.at(id);
      t.is(resting.priceTicks, priceTicks);
      t.is(resting.quantityLots - resting.filledLots, remaining);
      t.is(resting.holdMinor, holdFor(market, resting.side, priceTicks, remaining), 'a hold covers the rest');
      t.true(isWorking(resting.status));
    });
  }
  const bid = state.book.bestBid();
  const ask = state.book.bestAsk();
  t.true(bid === 0 || ask === 0 || bid < ask, 'a book is never crossed');
}

/** What follows from one effect by itself: postings, holds and levels. */
function assertEffect(t: ExecutionContext, effect: MarketEffect, levels: Map<string, number>): void {
  for (const trade of effect.trades) {
    const sums = new Map<number, bigint>();
    for (const { assetId, amountMinor } of postingsOfTrade(market, trade)) {
      sums.set(assetId, (sums.get(assetId) ?? 0n) + amountMinor);
    }
    for (const sum of sums.values()) t.is(sum, 0n);
  }
  for (const { order: changed, holdBeforeMinor } of effect.orders) {
    t.true(changed.filledLots <= changed.quantityLots);
    t.true(changed.holdMinor >= 0n && holdBeforeMinor >= 0n);
    if (!isWorking(changed.status)) t.is(changed.holdMinor, 0n, 'what has ended holds nothing');
    if (changed.quoteBudget > 0) {
      t.true(
        changed.filledQuoteMinor <= BigInt(changed.quoteBudget) * market.tickLotMinor,
        'within the budget',
      );
    }
  }
  for (const [side, priceTicks, change] of effect.levels) {
    const key = `${side}-${priceTicks}`;
    levels.set(key, (levels.get(key) ?? 0) + change);
  }
}

function assertLevels(t: ExecutionContext, matching: Matching, levels: Map<string, number>): void {
  const expected: Record<string, number> = {};
  for (const [side, name] of [
    [BUY, 'buy'],
    [SELL, 'sell'],
  ] as const) {
    const { pricesTicks, totalsLots } = matching.state.book.depth(side, 1_000);
    for (const [index, priceTicks] of pricesTicks.entries())
      expected[`${name}-${priceTicks}`] = totalsLots[index]!;
  }
  t.deepEqual(Object.fromEntries([...levels].filter(([, total]) => total !== 0)), expected);
}

/** What was reserved for a command that the market took or gave back. */
function reservedFor(command: MarketCommand): bigint {
  if (command.type === 'submitOrder') return initialHold(market, command.order);
  return command.type === 'amendResting' ? BigInt(command.extraHoldMinor) : 0n;
}

test('whatever comes: book, table, levels and holds agree, and nobody is given what he had not', (t) => {
  const catalog = createCatalog([BTC, USD], [market]);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const matching = new Matching(market, empty());
      const accounts = new Accounts(matching);
      const levels = new Map<string, number>();
      const effects: (MarketEffect | AnswerEffect)[] = [];
      for (const [index, next] of steps.entries()) {
        const command = accounts.command(next);
        const seqBefore = matching.state.seq;
        const queueBefore = queues(matching);
        const effect = matching.handle(command, 1_000 + index, REPLY_TO);
        effects.push(effect);
        t.is(effect.replyTo, REPLY_TO);
        if (effect.type === 'marketEffect') {
          t.is(effect.seq, seqBefore + 1, 'messages that change something are counted without gaps');
          t.is(effect.reserved[0]?.amountMinor ?? 0n, reservedFor(command));
          assertEffect(t, effect, levels);
        } else {
          t.is(matching.state.seq, seqBefore);
          t.deepEqual(queues(matching), queueBefore, 'an answer changes nothing');
          if (command.type === 'submitOrder' || command.type === 'amendResting') {
            t.is(
              effect.returned?.hold.reserved[0]?.amountMinor,
              reservedFor(command),
              'the reservation comes back',
            );
          }
        }
        assertConsistent(t, matching);
      }
      assertLevels(t, matching, levels);

      // However the effects are cut into batches, a batch never asks back what was not reserved: the builder asserts it.
      const start = { epoch: 1, batchNo: 0, entryNo: 0, logHash: new Uint8Array(32) };
      const whole = new BatchBuilder(catalog, start);
      for (const effect of effects) whole.add(effect);
      if (!whole.isEmpty) {
        const { batch, settled } = whole.finish(9_999);
        for (const [, message] of settled) for (const [, amount] of message.released) t.true(amount >= 0n);
        const locked = batch.wallets.reduce((sum, { lockedMinor }) => sum + lockedMinor, 0n);
        const held = snapshotOf(matching).orders.reduce((sum, resting) => sum + resting.holdMinor, 0n);
        t.is(locked, held, 'what is locked is what the resting orders hold');
        const money = batch.wallets.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n);
        t.is(money, 0n);
        t.is(batch.opened.length, matching.state.orders.size);
        t.is(batch.changed.length + batch.closed.length, 0, 'nothing rested before the batch');
      }
    }),
    { numRuns: 150 },
  );
});

test('a market that is read back from its last commit goes on identically', (t) => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.array(step, { minLength: 1, maxLength: 40 }),
      (before, after) => {
        const original = new Matching(market, empty());
        const accounts = new Accounts(original);
        for (const [index, next] of before.entries()) {
          original.handle(accounts.command(next), 1_000 + index, REPLY_TO);
        }
        const restored = new Matching(market, snapshotOf(original));
        t.deepEqual(queues(restored), queues(original));
        for (const [index, next] of after.entries()) {
          const command = accounts.command(next);
          const expected = original.handle(command, 2_000 + index, REPLY_TO);
          t.deepEqual(restored.handle(command, 2_000 + index, REPLY_TO), expected);
        }
        t.deepEqual(queues(restored), queues(original));
        t.deepEqual(snapshotOf(restored), snapshotOf(original));
      },
    ),
    { numRuns: 100 },
  );
});
