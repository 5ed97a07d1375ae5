import type { DatabasePool } from 'slonik';
import type { Exchange } from '../../actors/ports.ts';
import { listPayableWithdrawals } from '../../db/custody/payable-withdrawals.ts';
import {
  abandonPlan,
  listLivePayments,
  listTakenSlots,
  type Payment,
  settlePayment,
} from '../../db/custody/payments.ts';
import type { Result } from '../../domain/rejection.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import type { Chain, PaymentOrder, PaymentOutput } from '../chain.ts';
import type { CustodyLog } from '../custody-log.ts';
import { networkCostsOf } from './network-costs.ts';
import { type PaymentSender, planOf } from './payment-sender.ts';
import { isSamePayment } from './same-payment.ts';

export interface PayerPorts {
  readonly pool: DatabasePool;
  readonly exchange: Pick<Exchange, 'catalog' | 'withdrawals'>;
  /** Whether people whose signatures are good have approved just this. */
  checkApprovals(withdrawal: Withdrawal, pays: PaymentOutput): Promise<Result<void>>;
  readonly log: CustodyLog;
  readonly now: () => number;
  /** After how long a payment that isn't taken in is replaced by a dearer one. */
  readonly replaceAfterMs: number;
}

/** A frozen account, for instance, may be frozen for days. */
const TRY_AGAIN_MS = 30_000;

/**
 * Pays what was approved, over one network. Every step is written down before the next, and is looked up before it is taken:
 * a payment is planned once, signed from its plan, kept as it was signed, and only then sent; whoever comes after a crash sends
 * the same bytes. Another payment is planned only once none of the first one's attempts can happen any more.
 */
export class Payer {
  readonly #chain: Chain;
  readonly #sender: PaymentSender;
  readonly #ports: PayerPorts;
  /** What was told of already, so that the log isn't filled with it. */
  readonly #told = new Set<string>();
  /** When a withdrawal that could not be paid is tried again. */
  readonly #againAtMs = new Map<number, number>();

  constructor(chain: Chain, sender: PaymentSender, ports: PayerPorts) {
    this.#chain = chain;
    this.#sender = sender;
    this.#ports = ports;
  }

  /** @throws ChainUnavailable */
  async look(): Promise<void> {
    const { exchange, pool } = this.#ports;
    const { network } = this.#chain;
    const live = new Map<number, Payment[]>();
    for (const payment of await listLivePayments(pool, network)) {
      const { withdrawalNo } = payment;
      if (withdrawalNo !== null) live.set(withdrawalNo, [...(live.get(withdrawalNo) ?? []), payment]);
    }
    for (const row of await listPayableWithdrawals(pool, network)) {
      const { withdrawalNo } = row;
      const attempts = live.get(withdrawalNo) ?? [];
      live.delete(withdrawalNo);
      const withdrawal = exchange.withdrawals.underWay(withdrawalNo);
      // One of the two is ahead of the other, as during a commit: it waits until they are at the same step.
      if (withdrawal === undefined || withdrawal.eventNo !== row.eventNo) continue;
      if (!(await this.#isUnaltered(row, withdrawal, attempts))) continue;
      await this.#advance(withdrawal, attempts);
    }
    for (const attempts of live.values()) await this.#close(attempts);
  }

  async #advance(withdrawal: Withdrawal, attempts: readonly Payment[]): Promise<void> {
    switch (withdrawal.status) {
      case 'approved': {
        const { exchange, now } = this.#ports;
        const againAtMs = this.#againAtMs.get(withdrawal.withdrawalNo) ?? 0;
        if (exchange.withdrawals.state().paused !== null || againAtMs > now()) return;
        return this.#begin(withdrawal, attempts[0] ?? (await this.#plan(withdrawal)));
      }
      case 'signing': {
        const payment = attempts.at(-1) ?? (await this.#plan(withdrawal));
        const txId = payment && (await this.#send(withdrawal, payment));
        if (txId !== undefined) await this.#ports.exchange.withdrawals.sent(withdrawal.withdrawalNo, txId);
        return;
      }
      case 'broadcast':
        return this.#follow(withdrawal, attempts);
    }
  }

  /** Checks what the plan would pay, and has it decided that it is paid so. */
  async #begin(withdrawal: Withdrawal, payment: Payment | undefined): Promise<void> {
    if (payment === undefined) return;
    const { exchange, pool } = this.#ports;
    const { withdrawalNo, version } = withdrawal;
    if (!(await this.#isApproved(withdrawal, payment))) return this.#giveBack(withdrawal, payment);
    const signed = await exchange.withdrawals.sign(withdrawalNo, version, payment.paymentId);
    this.#againAtMs.delete(withdrawalNo);
    if (signed.ok) return this.#advance(signed.value, [payment]);
    this.#againAtMs.set(withdrawalNo, this.#ports.now() + TRY_AGAIN_MS);
    const { code } = signed.refusal;
    // Others may have the slots while it waits; what nobody knows the outcome of may have been decided.
    if (code !== 'outcome_unknown') await abandonPlan(pool, payment.rootId);
    this.#tellOnce({ withdrawalNo, code }, 'an approved withdrawal can’t be paid now');
  }

  async #plan(withdrawal: Withdrawal, replaces?: Payment): Promise<Payment | undefined> {
    const { withdrawalNo } = withdrawal;
    const taken = await listTakenSlots(this.#ports.pool, this.#chain.network);
    const plan = await this.#chain.plan(this.#orderOf(withdrawal), taken, replaces && planOf(replaces));
    if (plan.ok) return this.#sender.store(plan.value, withdrawalNo, replaces);
    this.#tellOnce(
      { withdrawalNo, code: plan.refusal.code },
      `a withdrawal can’t be planned: ${plan.refusal.detail}`,
    );
    return undefined;
  }

  /** A payment is signed only if what its bytes say is the withdrawal, and was approved: whoever changed them is found out. */
  #send(withdrawal: Withdrawal, payment: Payment): Promise<string | undefined> {
    return this.#sender.send(payment, () => this.#isApproved(withdrawal, payment));
  }

  /**
   * What is paid is what the desk has, never what the table says. Where they differ somebody has written to the table: what can
   * still be stopped is given back, and what is on its way goes on as it was decided.
   */
  async #isUnaltered(
    row: Withdrawal,
    withdrawal: Withdrawal,
    attempts: readonly Payment[],
  ): Promise<boolean> {
    if (isSamePayment(row, withdrawal)) return true;
    const { withdrawalNo, status } = withdrawal;
    if (this.#tell({ withdrawalNo, code: 'altered' }))
      this.#ports.log.error({ withdrawalNo, status }, 'a withdrawal was altered in the database');
    if (status !== 'approved') return true;
    await this.#giveBack(withdrawal, attempts[0]);
    return false;
  }

  async #giveBack({ withdrawalNo }: Withdrawal, payment: Payment | undefined): Promise<void> {
    const { exchange, pool } = this.#ports;
    if (payment !== undefined) await abandonPlan(pool, payment.rootId);
    await exchange.withdrawals.fail(withdrawalNo, { reason: 'approvals_invalid', networkCosts: [] });
  }

  async #isApproved(withdrawal: Withdrawal, payment: Payment): Promise<boolean> {
    const { log } = this.#ports;
    const { withdrawalNo } = withdrawal;
    const order = this.#orderOf(withdrawal);
    const outputs = this.#chain.outputsOf(planOf(payment));
    const [pays] = outputs;
    const isSame =
      outputs.length === 1 &&
      pays!.asset === order.asset &&
      pays!.address === order.address &&
      pays!.amountMinor === order.amountMinor;
    if (!isSame) {
      log.error({ withdrawalNo }, 'a planned payment is not the withdrawal: it is not signed');
      return false;
    }
    const approved = await this.#ports.checkApprovals(withdrawal, pays!);
    if (!approved.ok)
      log.error(
        { withdrawalNo, why: approved.refusal.detail },
        'a withdrawal lacks good approvals: it is not signed',
      );
    return approved.ok;
  }

  async #follow(withdrawal: Withdrawal, attempts: readonly Payment[]): Promise<void> {
    const newest = attempts.at(-1);
    if (newest === undefined) {
      // It was found that its payment can never happen.
      const again = await this.#plan(withdrawal);
      if (again !== undefined) await this.#send(withdrawal, again);
      return;
    }
    const { isKnown, isMined } = await this.#lookAt(withdrawal, attempts);
    if (isMined) return;
    // What the network has forgotten, because others pay more, it may forget again: then a dearer one is due all the same.
    if (!isKnown || newest.txId === null) {
      if ((await this.#send(withdrawal, newest)) === undefined) return;
    }
    const { now, replaceAfterMs } = this.#ports;
    if ((newest.sentAtMs ?? newest.plannedAtMs) + replaceAfterMs > now()) return;
    const dearer = await this.#plan(withdrawal, newest);
    if (dearer !== undefined) await this.#send(withdrawal, dearer);
  }

  /** Whether the network knows an attempt, or has taken one in; one that is deep enough ends the withdrawal. */
  async #lookAt({ withdrawalNo }: Withdrawal, attempts: readonly Payment[]) {
    const { exchange, pool } = this.#ports;
    let isKnown = false;
    for (const attempt of attempts) {
      if (attempt.txId === null) continue;
      const status = await this.#chain.statusOf(attempt.txId);
      if (status.type !== 'unknown') {
        isKnown = true;
        this.#sender.seen(attempt.rootId);
      }
      if (status.type !== 'mined') continue;
      if (status.confirmations >= this.#chain.confirmations) {
        const networkCosts = networkCostsOf(this.#chain, exchange, status.networkFeeMinor);
        const done = status.succeeded
          ? await exchange.withdrawals.settle(withdrawalNo, { txId: attempt.txId, networkCosts })
          : await exchange.withdrawals.fail(withdrawalNo, { reason: 'reverted', networkCosts });
        if (done.ok) await settlePayment(pool, attempt);
      }
      return { isKnown, isMined: true };
    }
    return { isKnown, isMined: false };
  }

  /** What is left of a withdrawal that has ended: it was not to be paid, or the process ended before its payment was closed. */
  async #close(attempts: readonly Payment[]): Promise<void> {
    const { pool } = this.#ports;
    await abandonPlan(pool, attempts[0]!.rootId);
    for (const attempt of attempts) {
      if (attempt.txId === null) continue;
      const status = await this.#chain.statusOf(attempt.txId);
      if (status.type === 'mined' && status.confirmations >= this.#chain.confirmations)
        await settlePayment(pool, attempt);
    }
  }

  #orderOf({ assetId, address, amountMinor }: Withdrawal): PaymentOrder {
    return { asset: this.#ports.exchange.catalog().assetById(assetId)!.symbol, address, amountMinor };
  }

  #tellOnce(fields: { readonly withdrawalNo: number; readonly code: string }, message: string): void {
    if (this.#tell(fields)) this.#ports.log.warn({ network: this.#chain.network, ...fields }, message);
  }

  /** Whether it is to be told: it wasn't yet. */
  #tell({ withdrawalNo, code }: { readonly withdrawalNo: number; readonly code: string }): boolean {
    const key = `${withdrawalNo} ${code}`;
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    return true;
  }
}
