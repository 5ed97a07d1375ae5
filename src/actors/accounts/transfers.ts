import type { Account } from '../../domain/accounts/account.ts';
import { refuse } from '../../domain/rejection.ts';
import type { Deposit, RequestWithdrawal } from '../account-messages.ts';
import type { AccountPorts } from './account-actor.ts';

/** Money that comes to an account from outside, or is to leave it. */
export class Transfers {
  readonly #accountId: number;
  readonly #ports: AccountPorts;
  /** References of deposits that the ledger doesn't have yet. */
  readonly #depositsUnderWay = new Set<string>();

  constructor(accountId: number, ports: AccountPorts) {
    this.#accountId = accountId;
    this.#ports = ports;
  }

  async deposit({ assetId, amountMinor, reference, replyTo }: Deposit): Promise<void> {
    const ports = this.#ports;
    const accountId = this.#accountId;
    const isRepeated =
      this.#depositsUnderWay.has(reference) || (await ports.ledger.depositExists(accountId, reference));
    if (isRepeated) {
      const { refusal } = refuse('duplicate_deposit', 'A deposit with this reference is there already.');
      return ports.reply(replyTo, { type: 'refused', refusal });
    }
    this.#depositsUnderWay.add(reference);
    const atMs = ports.clock.now();
    ports.tellSettlement({
      type: 'depositEffect',
      atMs,
      accountId,
      assetId,
      amountMinor,
      reference,
      replyTo,
    });
  }

  /** These deposits are in the ledger. */
  settled(references: readonly string[]): void {
    for (const reference of references) this.#depositsUnderWay.delete(reference);
  }

  /** Whether it is a repeat, the desk knows: it answers those even where nothing could be reserved. */
  requestWithdrawal(own: Account, { requested, replyTo }: RequestWithdrawal): void {
    const { assetId, amountMinor, feeMinor } = requested;
    const admitted = own.admitWithdrawal({ assetId, amountMinor: amountMinor + feeMinor });
    if (!admitted.ok && requested.clientWithdrawalId === null)
      return this.#ports.reply(replyTo, { type: 'refused', refusal: admitted.refusal });
    const funds = admitted.ok ? { reserved: admitted.value } : { refusal: admitted.refusal };
    this.#ports.tellDesk({ type: 'submitWithdrawal', requested, funds, replyTo });
  }
}
