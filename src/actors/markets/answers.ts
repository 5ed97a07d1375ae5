import type { Market } from '../../domain/market.ts';
import { holdAssetId, initialHold } from '../../domain/order.ts';
import type { Refusal, Rejection } from '../../domain/rejection.ts';
import type { AmendResting, AnswerEffect, Reply, SubmitOrder } from '../protocol.ts';

/** What a market answers without having changed anything. */

const DETAILS = {
  market_halted: 'The market is halted.',
  market_cancel_only: 'The market takes cancels only.',
  market_post_only: 'The market takes post-only orders only.',
  market_restarting: 'The market failed to handle the command and is being restored; nothing was changed.',
  order_not_open: 'The order has ended.',
  post_only_would_take: 'The order would take at that price; it stays as it was.',
  quantity_below_filled: 'As much as that is filled already; cancel the order instead.',
  quantity_too_large: 'The orders at that price would add up to more than the market can count.',
} as const satisfies Partial<Record<Rejection, string>>;

export type MarketRefusal = keyof typeof DETAILS;

export function refusalOf(code: MarketRefusal): Refusal {
  return { code, detail: DETAILS[code] };
}

export function answer(
  reply: Reply,
  replyTo: number,
  returned: AnswerEffect['returned'] = null,
): AnswerEffect {
  return { type: 'answerEffect', reply, replyTo, returned };
}

/** The reservation that goes back with a refused or lost command. */
export function holdOf(
  market: Market,
  command: SubmitOrder | AmendResting,
  code: MarketRefusal,
): NonNullable<AnswerEffect['returned']> {
  const submitted = command.type === 'submitOrder';
  const { accountId, orderNo, side } = submitted ? command.order : command;
  return {
    accountId,
    hold: {
      type: 'holdReturned',
      command: command.type,
      orderNo,
      assetId: holdAssetId(market, side),
      amountMinor: submitted ? initialHold(market, command.order) : BigInt(command.extraHoldMinor),
      refusal: refusalOf(code),
    },
  };
}
