import type { AccountPolicy } from './admission.ts';

/** What applies to an account: as of the last commit, but for a freeze, which holds from the moment it is asked for. */
export class PolicyState {
  #committed: AccountPolicy;
  /** What was asked for last: all that was asked for will be committed, in order. */
  #asked: AccountPolicy;
  #frozen: boolean;

  constructor(committed: AccountPolicy) {
    this.#committed = committed;
    this.#asked = committed;
    this.#frozen = committed.frozen;
  }

  get committed(): AccountPolicy {
    return this.#committed;
  }

  /** From the moment in which that is asked for, so that no order gets in behind it, until the end of it is committed. */
  get isFrozen(): boolean {
    return this.#frozen;
  }

  /**
   * Sets what is given, on top of what was asked for before, committed or not: of two changes at once neither undoes the other.
   * @returns the policy to commit
   */
  ask(change: Partial<AccountPolicy>): AccountPolicy {
    this.#asked = { ...this.#asked, ...change };
    if (this.#asked.frozen) this.#frozen = true;
    return this.#asked;
  }

  /** Takes in what a batch has set. */
  settle(committed: AccountPolicy): void {
    this.#committed = committed;
    this.#frozen = committed.frozen || this.#asked.frozen;
  }
}
