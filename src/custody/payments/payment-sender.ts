import { nanoid } from 'nanoid';
import type { DatabasePool } from 'slonik';
import {
  listLivePayments,
  markSent,
  type Payment,
  storePlan,
  storeSigned,
  voidPayment,
} from '../../db/custody/payments.ts';
import { type Chain, type PaymentPlan, PaymentRefused, type SignedPayment } from '../chain.ts';
import type { CustodyLog } from '../custody-log.ts';

export interface SenderPorts {
  readonly pool: DatabasePool;
  readonly log: CustodyLog;
  readonly now: () => number;
  /** How long the network has to say that it will never take a payment before another may be planned. */
  readonly giveUpAfterMs: number;
}

export function planOf({ network, slots, unsigned, networkFeeMinor }: Payment): PaymentPlan {
  return { network, slots, unsigned, networkFeeMinor };
}

/** Writes payments down, signs them and gives them to the network, in this order. */
export class PaymentSender {
  readonly #chain: Chain;
  readonly #ports: SenderPorts;
  /** Since when the network has refused, and has not been seen to know any attempt, by root. */
  readonly #refusedSinceMs = new Map<string, number>();

  constructor(chain: Chain, ports: SenderPorts) {
    this.#chain = chain;
    this.#ports = ports;
  }

  /**
   * @param withdrawalNo null: among our own addresses
   * @param replaces another attempt of the same payment
   * @returns undefined when a slot, or the withdrawal, is another payment's
   */
  async store(
    plan: PaymentPlan,
    withdrawalNo: number | null,
    replaces?: Payment,
  ): Promise<Payment | undefined> {
    const paymentId = nanoid();
    const payment = {
      paymentId,
      rootId: replaces?.rootId ?? paymentId,
      withdrawalNo,
      ...plan,
      slots: [...plan.slots],
      plannedAtMs: this.#ports.now(),
    };
    if (!(await storePlan(this.#ports.pool, payment))) return undefined;
    return { ...payment, status: 'planned', txId: null, raw: null, sentAtMs: null };
  }

  /** The network knows an attempt: whatever it said before, the payment can happen, and how long it can't is counted anew. */
  seen(rootId: string): void {
    this.#refusedSinceMs.delete(rootId);
  }

  /**
   * Signs a payment unless it is signed, keeps that, and sends it.
   * @param mayBeSigned asked about each payment that isn't signed yet: nothing is signed unless it says so
   * @returns the id of the attempt that the network has; undefined when it has none
   */
  async send(payment: Payment, mayBeSigned: () => Promise<boolean>): Promise<string | undefined> {
    const signed = await this.#signed(payment, mayBeSigned);
    if (signed === undefined) return undefined;
    try {
      await this.#chain.broadcast(signed);
    } catch (error) {
      if (!(error instanceof PaymentRefused)) throw error;
      return this.#refused(payment, signed.txId, error);
    }
    this.seen(payment.rootId);
    await markSent(this.#ports.pool, payment.paymentId, this.#ports.now());
    return signed.txId;
  }

  async #signed(payment: Payment, mayBeSigned: () => Promise<boolean>): Promise<SignedPayment | undefined> {
    const { txId, raw } = payment;
    if (txId !== null && raw !== null) return { txId, raw };
    if (!(await mayBeSigned())) return undefined;
    const signed = await this.#chain.sign(planOf(payment));
    // Given up by another process meanwhile: it must not get out, since another payment may be planned.
    return (await storeSigned(this.#ports.pool, payment.paymentId, signed)) ? signed : undefined;
  }

  /**
   * The network says that it will never take it: its slots are used. By another attempt, perhaps, or by this one, which the
   * network lost sight of for a moment; only what it has refused for long, and knows no attempt of, can't happen any more.
   */
  async #refused(payment: Payment, txId: string, error: PaymentRefused): Promise<string | undefined> {
    const { pool, log, now, giveUpAfterMs } = this.#ports;
    const { rootId, paymentId, withdrawalNo, network } = payment;
    const attempts = (await listLivePayments(pool, network)).filter((one) => one.rootId === rootId);
    const ids = new Set([txId, ...attempts.flatMap((one) => (one.txId === null ? [] : [one.txId]))]);
    for (const id of ids) {
      if ((await this.#chain.statusOf(id)).type === 'unknown') continue;
      this.seen(rootId);
      return id;
    }
    const sinceMs = this.#refusedSinceMs.get(rootId) ?? now();
    this.#refusedSinceMs.set(rootId, sinceMs);
    if (sinceMs === now())
      log.error(
        { paymentId, withdrawalNo, err: error },
        'the network says that it will never take a payment',
      );
    if (sinceMs + giveUpAfterMs > now()) return undefined;
    this.#refusedSinceMs.delete(rootId);
    log.error({ paymentId, withdrawalNo }, 'a payment can’t happen any more: another is planned');
    await voidPayment(pool, rootId);
    return undefined;
  }
}
