import type { DatabasePool } from 'slonik';
import type { Exchange } from '../../actors/ports.ts';
import {
  abandonPlan,
  listLivePayments,
  listTakenSlots,
  type Payment,
  settlePayment,
} from '../../db/custody/payments.ts';
import type { Chain } from '../chain.ts';
import type { CustodyLog } from '../custody-log.ts';
import { networkCostsOf } from './network-costs.ts';
import { type PaymentSender, planOf } from './payment-sender.ts';

export interface ConsolidatorPorts {
  readonly pool: DatabasePool;
  readonly exchange: Pick<Exchange, 'catalog' | 'withdrawals'>;
  /** Numbers of the network's addresses. */
  addressNumbers(): readonly number[];
  readonly log: CustodyLog;
}

/** Brings deposits to where they can be paid from, by payments among our own addresses, which the house pays for. */
export class Consolidator {
  readonly #chain: Chain;
  readonly #sender: PaymentSender;
  readonly #ports: ConsolidatorPorts;

  constructor(chain: Chain, sender: PaymentSender, ports: ConsolidatorPorts) {
    this.#chain = chain;
    this.#sender = sender;
    this.#ports = ports;
  }

  /** @throws ChainUnavailable */
  async look(): Promise<void> {
    const { pool, addressNumbers } = this.#ports;
    const { network } = this.#chain;
    const live = (await listLivePayments(pool, network)).filter(({ withdrawalNo }) => withdrawalNo === null);
    for (const payment of live) await this.#follow(payment);
    if (live.length > 0) return;
    const taken = await listTakenSlots(pool, network);
    for (const plan of await this.#chain.consolidate(addressNumbers(), taken))
      await this.#sender.store(plan, null);
  }

  async #follow(payment: Payment): Promise<void> {
    const { exchange, pool, log } = this.#ports;
    const status = payment.txId === null ? undefined : await this.#chain.statusOf(payment.txId);
    if (status === undefined || status.type === 'unknown') {
      await this.#sender.send(payment, () => this.#isAmongOurs(payment));
      return;
    }
    this.#sender.seen(payment.rootId);
    if (status.type !== 'mined' || status.confirmations < this.#chain.confirmations) return;
    if (!status.succeeded) log.warn({ paymentId: payment.paymentId }, 'a consolidation was reverted');
    const reference = `payment:${payment.paymentId}`;
    for (const { assetId, amountMinor } of networkCostsOf(this.#chain, exchange, status.networkFeeMinor)) {
      const cost = { assetId, amountMinor: BigInt(amountMinor), reference };
      if (!(await exchange.withdrawals.recordNetworkCost(cost)).ok) return;
    }
    await settlePayment(pool, payment);
  }

  /** Nobody approves a consolidation, so it may pay only what is derived from our own keys: its row could be anybody's. */
  async #isAmongOurs(payment: Payment): Promise<boolean> {
    const { addressNumbers, log } = this.#ports;
    const others = new Set(this.#chain.outputsOf(planOf(payment)).map(({ address }) => address));
    for (const number of addressNumbers()) {
      if (others.size === 0) break;
      others.delete(await this.#chain.addressOf(number));
    }
    if (others.size === 0) return true;
    const { paymentId } = payment;
    log.error({ paymentId }, 'a consolidation pays somebody else: it is not signed');
    // Somebody wrote it: without it the others can go on.
    await abandonPlan(this.#ports.pool, payment.rootId);
    return false;
  }
}
