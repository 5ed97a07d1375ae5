import { nanoid } from 'nanoid';
import type { DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { findUserById } from '../../db/users.ts';
import {
  insertAddress,
  type ListedAddress,
  removeAddress,
  setListedOnly,
} from '../../db/withdrawal-addresses.ts';
import { holdWithdrawals } from '../../db/withdrawal-holds.ts';
import type { FactorCheck, ShownFactor, Unshown } from '../auth/factor-check.ts';
import { inSessionOf } from '../auth/second-factor.ts';
import type { Claims } from '../auth/tokens.ts';
import { type Caller, inSession } from '../caller.ts';
import type { MailQueue } from '../mail/queue.ts';

type InSession = Pick<Claims, 'userId' | 'sessionId'>;

/** The addresses to which somebody withdraws: what is listed takes his second factor, and is told by mail. */
export interface AddressBook {
  add(
    who: InSession,
    address: Pick<ListedAddress, 'label' | 'network' | 'address' | 'assetId'>,
    shown: ShownFactor,
    from: Caller,
  ): Promise<ListedAddress | 'address_listed' | 'too_many_addresses' | Unshown>;
  remove(who: InSession, id: string, from: Caller): Promise<boolean>;
  setListedOnly(who: InSession, only: boolean, shown: ShownFactor, from: Caller): Promise<'done' | Unshown>;
}

const ID_LENGTH = 20;

export function createAddressBook(options: {
  readonly pool: DatabasePool;
  readonly now: () => number;
  readonly factorCheck: FactorCheck;
  readonly mails: MailQueue;
  readonly withdrawalHoldMs: number;
  readonly addressHoldMs: number;
}): AddressBook {
  const { pool, now, factorCheck, mails, withdrawalHoldMs, addressHoldMs } = options;
  return {
    async add(who, address, shown, from) {
      const { userId } = who;
      const actor = inSession(from, who);
      return factorCheck.withFactor(shown, inSessionOf(who), actor, async (db) => {
        const addedAtMs = now();
        const id = `wa_${nanoid(ID_LENGTH)}`;
        const one = { ...address, id, userId, addedAtMs, usableFromMs: addedAtMs + addressHoldMs };
        const added = await insertAddress(db, one);
        if (added !== 'added') return added;
        const detail = { addressId: id, network: address.network, address: address.address };
        await appendAudit(
          db,
          { action: 'withdrawal_address.added', outcome: 'done', actor, userId, detail },
          now(),
        );
        const user = await findUserById(db, userId);
        if (user !== undefined) await mails.notice(db, 'withdrawal_address_added', user, from);
        return one;
      });
    },

    async remove(who, id, from) {
      const { userId } = who;
      return pool.transaction(async (db) => {
        if (!(await removeAddress(db, userId, id, now()))) return false;
        const event = { action: 'withdrawal_address.removed', outcome: 'done', userId } as const;
        await appendAudit(db, { ...event, actor: inSession(from, who), detail: { addressId: id } }, now());
        return true;
      });
    },

    async setListedOnly(who, only, shown, from) {
      const { userId } = who;
      const actor = inSession(from, who);
      return factorCheck.withFactor(shown, inSessionOf(who), actor, async (db) => {
        await setListedOnly(db, userId, only);
        const hold = { nowMs: now(), holdMs: withdrawalHoldMs };
        if (!only) await holdWithdrawals(db, userId, 'address_list_off', hold);
        const event = { action: 'withdrawal_address.list_only', outcome: 'done', userId } as const;
        await appendAudit(db, { ...event, actor, detail: { only } }, now());
        const user = await findUserById(db, userId);
        if (user !== undefined && !only) await mails.notice(db, 'address_list_off', user, from);
        return 'done' as const;
      });
    },
  };
}
