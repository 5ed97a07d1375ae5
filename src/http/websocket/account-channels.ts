import type { AccountFrame } from '../../actors/ports.ts';
import { type AccountFrameLog, AccountSubscription } from './account-subscription.ts';
import { accountFrame } from './frames.ts';
import type { Outbox } from './outbox.ts';
import type { PrivateChannel } from './requests.ts';

/** Hands the frames of accounts to the sockets that are signed in for them. */
export class AccountChannels {
  readonly #log: AccountFrameLog;
  readonly #subscriptions = new Map<number, Set<AccountSubscription>>();

  constructor(log: AccountFrameLog) {
    this.#log = log;
  }

  /** A socket's part in its account's channels; it takes nothing before a channel of it begins. */
  join(accountId: number, outbox: Outbox, onFailure: (error: unknown) => void): AccountSubscription {
    const subscription = new AccountSubscription({ accountId, outbox, log: this.#log, onFailure });
    const subscriptions = this.#subscriptions.get(accountId);
    if (subscriptions === undefined) this.#subscriptions.set(accountId, new Set([subscription]));
    else subscriptions.add(subscription);
    return subscription;
  }

  leave(subscription: AccountSubscription): void {
    subscription.endAll();
    const subscriptions = this.#subscriptions.get(subscription.accountId);
    subscriptions?.delete(subscription);
    if (subscriptions?.size === 0) this.#subscriptions.delete(subscription.accountId);
  }

  publish(frame: AccountFrame): void {
    const subscriptions = this.#subscriptions.get(frame.accountId);
    if (subscriptions === undefined) return;
    const made = new Map<string, Buffer>();
    const bytesFor = (sections: readonly PrivateChannel[]) => {
      const key = sections.join();
      let bytes = made.get(key);
      if (bytes === undefined) {
        bytes = accountFrame(frame.sequence, sections, frame);
        made.set(key, bytes);
      }
      return bytes;
    };
    for (const subscription of subscriptions) subscription.take(frame, bytesFor);
  }
}
