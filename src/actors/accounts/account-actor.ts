import { Account } from '../../domain/accounts/account.ts';
import type { RepeatedOrder } from '../../domain/accounts/admission.ts';
import { DAY_MS, VOLUME_DAYS } from '../../domain/accounts/traded-volumes.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { feeTierFor } from '../../domain/markets/market.ts';
import { type Refusal, refuse } from '../../domain/rejection.ts';
import type { Ledger } from '../../domain/settlement.ts';
import type {
  AccountMessage,
  AccountSettled,
  AmendOrder,
  CancelAllOrders,
  CancelOrder,
  FreezeAccount,
  GetFees,
  HoldReturned,
  InspectAccount,
  PlaceOrder,
  PlaceOrderList,
  ReservationReturned,
  SetPolicy,
} from '../account-messages.ts';
import { type ActorRef, type ParentRef, spawnActor } from '../actor.ts';
import type { Effect, Reply } from '../effects.ts';
import type { MarketCommand, MarketMessage } from '../market-messages.ts';
import type { SubmitWithdrawal } from '../withdrawal-messages.ts';
import { Repeaters } from './repeaters.ts';
import { Transfers } from './transfers.ts';

export interface AccountPorts {
  readonly ledger: Ledger;
  readonly clock: { now(): number };
  catalog(): Catalog;
  tellMarket(marketId: number, message: MarketMessage): void;
  tellSettlement(effect: Effect): void;
  tellDesk(message: SubmitWithdrawal): void;
  reply(replyTo: number, reply: Reply): void;
  onError(accountId: number, error: unknown): void;
}

type Command = Exclude<
  AccountMessage,
  AccountSettled | HoldReturned | ReservationReturned | InspectAccount | FreezeAccount
>;

/**
 * Spawns the actor of one account. It wakes with the first message: it reads the account from the ledger and keeps it
 * from then on. After a bug in here it stays refusing until the exchange restarts: reading the account again would
 * forget what is reserved for orders under way, and memory must only ever under-state what an account may spend.
 */
export function spawnAccount(
  parent: ParentRef,
  accountId: number,
  ports: AccountPorts,
): ActorRef<AccountMessage> {
  let account: Account | undefined;
  let asOfBatchNo = 0;
  let broken = false;
  const repeaters = new Repeaters(ports.reply);
  const transfers = new Transfers(accountId, ports);

  const today = () => Math.floor(ports.clock.now() / DAY_MS);
  const refuseCommand = (command: Command, refusal: Refusal) =>
    ports.reply(command.replyTo, { type: 'refused', refusal });

  async function wake(): Promise<Refusal | undefined> {
    try {
      const snapshot = await ports.ledger.loadAccount(accountId, today() - VOLUME_DAYS);
      if (snapshot === undefined) return refuse('account_not_found', 'There is no such account.').refusal;
      account = new Account(snapshot);
      asOfBatchNo = snapshot.batchNo;
      return undefined;
    } catch (error) {
      ports.onError(accountId, error);
      return refuse('account_unavailable', 'The account can’t be read at the moment; try again.').refusal;
    }
  }

  function place(own: Account, command: PlaceOrder): void {
    const market = ports.catalog().market(command.request.market);
    if (market === undefined)
      return refuseCommand(command, refuse('market_not_found', 'There is no such market.').refusal);
    const replaces = command.replaces === undefined ? undefined : own.working(command.replaces);
    // The repeat of a replacement that is done finds its order by its clientOrderId.
    const isRepeat = replaces?.ok === false && own.knows(command.request.clientOrderId);
    if (replaces?.ok === false && !isRepeat) return refuseCommand(command, replaces.refusal);
    const oldOrderNo = replaces?.ok === true ? replaces.value.orderNo : undefined;
    const { request, referencePriceTicks, replyTo } = command;
    const admission = own.admitOrder(market, request, referencePriceTicks, ports.clock.now(), oldOrderNo);
    if (!admission.ok) return refuseCommand(command, admission.refusal);
    if (admission.value.kind === 'repeated') return repeat([admission.value.repeated], replyTo);
    const { order, reserved } = admission.value;
    const submitted: MarketCommand =
      oldOrderNo === undefined
        ? { type: 'submitOrder', order }
        : {
            type: 'replaceOrder',
            orderNo: oldOrderNo,
            order,
            reservedMinor: reserved.amountMinor.toString(),
          };
    ports.tellMarket(market.id, { type: 'command', command: submitted, replyTo });
  }

  function placeList(own: Account, command: PlaceOrderList): void {
    const { request, referencePriceTicks, replyTo } = command;
    const market = ports.catalog().market(request.market);
    if (market === undefined)
      return refuseCommand(command, refuse('market_not_found', 'There is no such market.').refusal);
    const admission = own.admitList(market, request, referencePriceTicks, ports.clock.now());
    if (!admission.ok) return refuseCommand(command, admission.refusal);
    if (admission.value.kind === 'repeated') return repeat(admission.value.repeated, replyTo);
    const submitted: MarketCommand = { type: 'submitList', orders: admission.value.orders };
    ports.tellMarket(market.id, { type: 'command', command: submitted, replyTo });
  }

  /** Answers with orders that were placed before, once that is committed. */
  function repeat(orders: readonly RepeatedOrder[], replyTo: number): void {
    const first = orders[0]!;
    const refs = orders.map(({ orderNo }) => ({ accountId, orderNo }));
    if (first.settled) return ports.reply(replyTo, { type: 'repeated', refs });
    repeaters.wait(first.orderNo, replyTo, refs);
  }

  function cancel(own: Account, command: CancelOrder): void {
    const order = own.working(command.name);
    if (!order.ok) return refuseCommand(command, order.refusal);
    ports.tellMarket(order.value.marketId, {
      type: 'command',
      command: { type: 'cancelResting', accountId, orderNo: order.value.orderNo },
      replyTo: command.replyTo,
    });
  }

  function amend(own: Account, command: AmendOrder): void {
    const order = own.working(command.name);
    if (!order.ok) return refuseCommand(command, order.refusal);
    const market = ports.catalog().marketById(order.value.marketId)!;
    const admitted = own.admitAmend(market, order.value.orderNo, {
      ...command,
      referencePriceTicks: command.referencePricesTicks[market.id] ?? null,
    });
    if (!admitted.ok) return refuseCommand(command, admitted.refusal);
    const { orderNo, side, priceTicks, quantityLots, stopTicks, reserved } = admitted.value;
    ports.tellMarket(market.id, {
      type: 'command',
      command: {
        type: 'amendResting',
        accountId,
        orderNo,
        side,
        priceTicks,
        quantityLots,
        ...(stopTicks === undefined ? {} : { stopTicks }),
        extraHoldMinor: reserved.amountMinor.toString(),
      },
      replyTo: command.replyTo,
    });
  }

  function fees(own: Account, command: GetFees): void {
    const rates = ports.catalog().markets.map((market) => {
      const volumeMinor = own.volume(market.quote.id, today());
      const { makerFeePpm, takerFeePpm } = feeTierFor(market, volumeMinor);
      return { marketId: market.id, volumeMinor, makerFeePpm, takerFeePpm };
    });
    ports.reply(command.replyTo, { type: 'fees', rates });
  }

  function settled(message: AccountSettled): void {
    // What was committed before the account was read is in it already.
    if (account === undefined || message.batchNo <= asOfBatchNo) return;
    asOfBatchNo = message.batchNo;
    account.settle(message);
    transfers.settled(message.deposits);
    for (const order of message.orders) {
      repeaters.answer(order.orderNo, (refs) => ({ type: 'repeated', refs }));
    }
  }

  function holdReturned(own: Account, message: HoldReturned): void {
    const { orderNos, reserved, refusal } = message;
    if (message.command === 'amendResting') return own.returnAmend(orderNos[0]!, reserved);
    own.returnOrders(orderNos, reserved);
    repeaters.answer(orderNos[0]!, () => ({ type: 'refused', refusal }));
  }

  function setPolicy(own: Account, command: SetPolicy): void {
    const policy = own.policy.ask(command.policy);
    ports.tellSettlement({
      type: 'policyEffect',
      atMs: ports.clock.now(),
      accountId,
      policy,
      replyTo: command.replyTo,
    });
  }

  async function handleCommand(command: Command): Promise<void> {
    if (broken) {
      return refuseCommand(
        command,
        refuse('account_unavailable', 'The account waits for a restart.').refusal,
      );
    }
    const asleep = account === undefined ? await wake() : undefined;
    if (account === undefined) return refuseCommand(command, asleep!);
    switch (command.type) {
      case 'placeOrder':
        return place(account, command);
      case 'placeOrderList':
        return placeList(account, command);
      case 'setPolicy':
        return setPolicy(account, command);
      case 'cancelOrder':
        return cancel(account, command);
      case 'amendOrder':
        return amend(account, command);
      case 'cancelAllOrders':
        return ports.tellMarket(command.marketId, {
          type: 'command',
          command: cancelAllOf(accountId, command),
          replyTo: command.replyTo,
        });
      case 'deposit':
        return transfers.deposit(command);
      case 'requestWithdrawal':
        return transfers.requestWithdrawal(account, command);
      case 'getFees':
        return fees(account, command);
    }
  }

  return spawnActor<AccountMessage>(
    parent,
    `account-${accountId}`,
    (message) => {
      switch (message.type) {
        case 'settled':
          return broken ? undefined : settled(message);
        case 'inspect':
          return ports.reply(message.replyTo, {
            type: 'inspectedAccount',
            available: account?.allAvailable ?? null,
          });
        case 'freeze':
          broken = true;
          return undefined;
        case 'holdReturned':
          return broken || account === undefined ? undefined : holdReturned(account, message);
        case 'reservationReturned':
          return broken ? undefined : account?.giveBack(message.reserved);
        default:
          return handleCommand(message);
      }
    },
    (message, error) => {
      if (!(message.type === 'deposit')) broken = true;
      ports.onError(accountId, error);
      if ('replyTo' in message && message.type !== 'inspect') {
        refuseCommand(
          message,
          refuse('account_unavailable', 'The account could not handle the command.').refusal,
        );
      }
    },
  );
}

/** What is not asked for is left out, to keep the log small. */
function cancelAllOf(accountId: number, { only, cause }: CancelAllOrders): MarketCommand {
  return {
    type: 'cancelAllResting',
    accountId,
    ...(only.side === undefined ? {} : { side: only.side }),
    ...(only.tag === undefined ? {} : { tag: only.tag }),
    ...(cause === 'canceled_by_client' ? {} : { cause }),
  };
}
