import { nanoid } from 'nanoid';
import type { DatabasePool } from 'slonik';
import { type ApproverKey, insertApproverKey, removeApproverKey } from '../../db/approver-keys.ts';
import { appendAudit } from '../../db/audit.ts';
import { findUserById } from '../../db/users.ts';
import { isEd25519Signature, payloadHash } from '../../signatures/approval-evidence.ts';
import { isFactorFresh } from '../auth/fresh-factor.ts';
import type { Claims } from '../auth/tokens.ts';
import { type Caller, inSession } from '../caller.ts';
import type { MailQueue } from '../mail/queue.ts';

type InSession = Pick<Claims, 'userId' | 'sessionId'>;

export interface ApproverKeyRequest {
  readonly name: string;
  /** 32 bytes, base64url. */
  readonly publicKey: string;
  /** Over the hash of `ownershipText`: base64url. */
  readonly proof: string;
}

/** What the owner of a key signs to show that he has it. */
export function ownershipText(userId: number, publicKey: string): string {
  return `bourse.approver-key.v1 ${userId} ${publicKey}`;
}

/** The Ed25519 keys with which an operator approves. */
export interface ApproverKeys {
  add(
    who: InSession,
    request: ApproverKeyRequest,
    from: Caller,
  ): Promise<
    Omit<ApproverKey, 'removedAtMs'> | 'approver_key_exists' | 'invalid_signature' | 'step_up_required'
  >;
  remove(who: InSession, id: string, from: Caller): Promise<'removed' | 'not_found' | 'step_up_required'>;
}

const ID_LENGTH = 20;

export function createApproverKeys(options: {
  readonly pool: DatabasePool;
  readonly now: () => number;
  readonly mails: MailQueue;
}): ApproverKeys {
  const { pool, now, mails } = options;
  return {
    async add(who, { name, publicKey, proof }, from) {
      const { userId } = who;
      if (!(await isFactorFresh(pool, who, now()))) return 'step_up_required';
      const hash = payloadHash(ownershipText(userId, publicKey));
      if (!isEd25519Signature(hash, publicKey, proof)) return 'invalid_signature';
      const id = `ak_${nanoid(ID_LENGTH)}`;
      const key = { id, userId, name, publicKey: Buffer.from(publicKey, 'base64url'), addedAtMs: now() };
      return pool.transaction(async (db) => {
        if (!(await insertApproverKey(db, key))) return 'approver_key_exists';
        const event = { action: 'approver_key.added', outcome: 'done', userId } as const;
        const detail = { keyId: id, name, publicKey };
        await appendAudit(db, { ...event, actor: inSession(from, who), detail }, now());
        const user = await findUserById(db, userId);
        if (user !== undefined) await mails.notice(db, 'approver_key_added', user, from);
        return key;
      });
    },

    async remove(who, id, from) {
      const { userId } = who;
      // What the key approved and is not signed yet fails with it: a stolen session must not bring that about.
      if (!(await isFactorFresh(pool, who, now()))) return 'step_up_required';
      return pool.transaction(async (db) => {
        if (!(await removeApproverKey(db, userId, id, now()))) return 'not_found';
        const event = { action: 'approver_key.removed', outcome: 'done', userId } as const;
        await appendAudit(db, { ...event, actor: inSession(from, who), detail: { keyId: id } }, now());
        const user = await findUserById(db, userId);
        if (user !== undefined) await mails.notice(db, 'approver_key_removed', user, from);
        return 'removed';
      });
    },
  };
}
