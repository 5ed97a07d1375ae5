import type { Reservation } from '../../domain/accounts/admission.ts';
import type { RefusalReason } from '../../domain/book/events.ts';
import type { Market } from '../../domain/markets/market.ts';
import { CLOSURE_DETAILS } from '../../domain/markets/market-machine.ts';
import {
  holdAssetId,
  holdFor,
  initialHold,
  type Order,
  type OrderReason,
} from '../../domain/orders/order.ts';
import { listReservations } from '../../domain/orders/order-list.ts';
import type { Refusal, Rejection } from '../../domain/rejection.ts';
import type { HoldReturned } from '../account-messages.ts';
import type { AnswerEffect, MarketEffect, Reply } from '../effects.ts';
import type { AmendResting, MarketCommand, ReservingCommand } from '../market-messages.ts';

/** What a market answers without having changed anything, and what was reserved for what it did. */

const DETAILS = {
  insufficient_funds: 'What the order held is not enough any more: it has changed meanwhile.',
  ...CLOSURE_DETAILS,
  invalid_market_status: 'The market can’t get from its status to that one.',
  market_restarting: 'The market failed to handle the command and is being restored; nothing was changed.',
  order_not_open: 'The order has ended.',
  order_triggered: 'The order has reached its stop price.',
  post_only_would_take: 'The order would take at that price; nothing was changed.',
  quantity_below_filled: 'As much as that is filled already; cancel the order instead.',
  quantity_too_large: 'The orders at that price would add up to more than the market can count.',
  replacement_not_fillable: 'So much of the new order can’t be filled at once; nothing was changed.',
} as const satisfies Partial<Record<Rejection, string>>;

export type MarketRefusal = keyof typeof DETAILS;

/** Why an order ends that the book does not take. */
export const REASONS_OF_REJECTION: Partial<Record<RefusalReason, OrderReason>> = {
  post_only_would_take: 'post_only_would_take',
  level_full: 'level_full',
  fok_not_fillable: 'fill_or_kill_not_fillable',
  minimum_not_fillable: 'minimum_not_fillable',
};

export function refusalOf(code: MarketRefusal): Refusal {
  return { code, detail: DETAILS[code] };
}

export function answer(
  reply: Reply,
  replyTo: number,
  returned: AnswerEffect<HoldReturned>['returned'] = null,
): AnswerEffect<HoldReturned> {
  return { type: 'answerEffect', reply, replyTo, returned };
}

export function reserves(command: MarketCommand): command is ReservingCommand {
  switch (command.type) {
    case 'submitOrder':
    case 'submitList':
    case 'replaceOrder':
    case 'amendResting':
      return true;
    default:
      return false;
  }
}

/** What an account had reserved for a command. */
export function reservationsOf(market: Market, command: MarketCommand): MarketEffect['reserved'] {
  if (!reserves(command)) return [];
  const { accountId, reserved } = reservedFor(market, command);
  return reserved.map((reservation) => ({ accountId, ...reservation }));
}

/** What goes back with a refused or lost command. */
export function returnedBy(
  market: Market,
  command: ReservingCommand,
  code: MarketRefusal,
): NonNullable<AnswerEffect<HoldReturned>['returned']> {
  const { accountId, orderNos, reserved } = reservedFor(market, command);
  return {
    accountId,
    hold: { type: 'holdReturned', command: command.type, orderNos, reserved, refusal: refusalOf(code) },
  };
}

/**
 * Whether what an order holds and what was reserved on top pay for an amend. The account reckoned with the order as it was
 * committed last, and the order may have lost some of its hold since.
 */
export function coversAmend(market: Market, order: Order, command: AmendResting): boolean {
  const { side, priceTicks, quantityLots, extraHoldMinor } = command;
  const need = holdFor(market, side, priceTicks, quantityLots - order.filledLots);
  return BigInt(extraHoldMinor) + order.holdMinor >= need;
}

function reservedFor(
  market: Market,
  command: ReservingCommand,
): { accountId: number; orderNos: readonly number[]; reserved: readonly Reservation[] } {
  switch (command.type) {
    case 'submitOrder': {
      const { accountId, orderNo, side } = command.order;
      const amountMinor = initialHold(market, command.order);
      return {
        accountId,
        orderNos: [orderNo],
        reserved: [{ assetId: holdAssetId(market, side), amountMinor }],
      };
    }
    case 'submitList':
      return {
        accountId: command.orders[0]!.accountId,
        orderNos: command.orders.map(({ orderNo }) => orderNo),
        reserved: listReservations(market, command.orders),
      };
    case 'replaceOrder': {
      const { accountId, orderNo, side } = command.order;
      const amountMinor = BigInt(command.reservedMinor);
      return {
        accountId,
        orderNos: [orderNo],
        reserved: [{ assetId: holdAssetId(market, side), amountMinor }],
      };
    }
    case 'amendResting': {
      const { accountId, orderNo, side } = command;
      const amountMinor = BigInt(command.extraHoldMinor);
      return {
        accountId,
        orderNos: [orderNo],
        reserved: [{ assetId: holdAssetId(market, side), amountMinor }],
      };
    }
  }
}
