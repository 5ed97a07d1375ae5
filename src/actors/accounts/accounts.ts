import type { AccountMessage } from '../account-messages.ts';
import { type ActorRef, type ParentRef, spawnActor, tell } from '../actor.ts';
import { type AccountPorts, spawnAccount } from './account-actor.ts';

export interface Accounts {
  /** Sends to an account, waking it if it sleeps. */
  tell(accountId: number, message: AccountMessage): void;
  /** Sends to an account only if it is awake: one that sleeps will read the ledger when it wakes. */
  tellIfAwake(accountId: number, message: AccountMessage): void;
  isAwake(accountId: number): boolean;
}

/** nact copies the parent's map of children with each message the parent handles, so accounts live under shards. */
const SHARDS = 64;

/** All account actors. Messages go straight to the account; a shard only is its parent. */
export function createAccounts(parent: ParentRef, ports: AccountPorts): Accounts {
  const shards = Array.from({ length: SHARDS }, (_, index) =>
    spawnActor<never>(
      parent,
      `accounts-${index}`,
      () => {},
      () => {},
    ),
  );
  const awake = new Map<number, ActorRef<AccountMessage>>();
  return {
    tell(accountId, message) {
      let account = awake.get(accountId);
      if (account === undefined) {
        account = spawnAccount(shards[accountId % SHARDS]!, accountId, ports);
        awake.set(accountId, account);
      }
      tell(account, message);
    },
    isAwake: (accountId) => awake.has(accountId),
    tellIfAwake(accountId, message) {
      const account = awake.get(accountId);
      if (account !== undefined) tell(account, message);
    },
  };
}
