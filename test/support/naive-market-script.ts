import type { MarketCommand } from '../../src/actors/market-messages.ts';
import type { AdmittedOrder } from '../../src/domain/accounts/admission.ts';

/** A command as one short line to read. */
export function lineOf(command: MarketCommand | undefined, atMs: number): string {
  return `${String(atMs).padStart(6)} ${command === undefined ? 'restart' : wordsOf(command)}`;
}

function wordsOf(command: MarketCommand): string {
  switch (command.type) {
    case 'submitOrder':
      return `submit   ${orderWords(command.order)}`;
    case 'submitList':
      return `list     ${command.orders.map(orderWords).join(' | ')}`;
    case 'replaceOrder':
      return `replace  ${command.order.accountId}#${command.orderNo} reserved ${command.reservedMinor} by ${orderWords(command.order)}`;
    case 'amendResting': {
      const { accountId, orderNo, priceTicks, quantityLots, stopTicks, extraHoldMinor } = command;
      const stop = stopTicks === undefined ? '' : ` stop ${stopTicks}`;
      return `amend    ${accountId}#${orderNo} to ${quantityLots} @ ${priceTicks}${stop} extra ${extraHoldMinor}`;
    }
    case 'cancelResting':
      return `cancel   ${command.accountId}#${command.orderNo}`;
    case 'cancelAllResting':
      return `cancel   ${command.accountId} all ${command.side ?? ''} ${command.tag ?? ''} ${command.cause ?? ''}`;
    case 'expireOrders':
      return 'expire';
    case 'setMarketStatus':
      return `status   ${command.status} ${command.auctionMs ?? ''}`;
    default:
      return command.type;
  }
}

function orderWords(order: AdmittedOrder): string {
  const { terms = {} } = order;
  const { trigger, list } = terms;
  const words = [
    `${order.accountId}#${order.orderNo} ${order.side} ${order.type} ${order.timeInForce}`,
    order.quoteBudget > 0 ? `for ${order.quoteBudget} ticks×lots` : String(order.quantityLots),
    `@ ${order.priceTicks}`,
    order.postOnly && 'post-only',
    terms.reprice && 'reprice',
    terms.iceberg && `shows ${terms.iceberg.displayLots}`,
    terms.minimumLots && `at least ${terms.minimumLots}`,
    trigger && `stop ${trigger.fires} ${trigger.stopTicks}`,
    trigger?.trailTicks && `trails ${trigger.trailTicks} ticks`,
    trigger?.trailPpm && `trails ${trigger.trailPpm} ppm`,
    terms.expiresAtMs && `till ${terms.expiresAtMs}`,
    order.selfTrade,
    terms.tag && `tag ${terms.tag}`,
    list && `${list.type} ${list.no} ${list.role}`,
  ];
  return words.filter(Boolean).join(' ');
}
