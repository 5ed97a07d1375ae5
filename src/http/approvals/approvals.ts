import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { DatabasePool } from 'slonik';
import type { Exchange } from '../../actors/ports.ts';
import { findApproverKey } from '../../db/approver-keys.ts';
import { listPasskeys } from '../../db/passkeys.ts';
import type { Role } from '../../domain/roles.ts';
import { approvalPayload, type Decision } from '../../domain/withdrawals/approval-payload.ts';
import type { Approval, ApprovalEvidence, Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { isEd25519Signature, payloadHash } from '../../signatures/approval-evidence.ts';
import type { RelyingParty } from '../../signatures/relying-party.ts';
import type { Assertion } from '../../signatures/webauthn.ts';
import { describeCredential, type PasskeyCheck } from '../auth/passkey-check.ts';

/** With what an operator signs. */
export type Signed =
  | { readonly passkey: Assertion }
  | { readonly signature: { readonly keyId: string; readonly signature: string } };

/** What operators sign of withdrawals, and whether they did. */
export interface Approvals {
  /** What is signed for a decision, and its SHA-256, base64url. */
  subject(withdrawal: Withdrawal, decision: Decision): { readonly payload: string; readonly hash: string };
  /** What a browser is to ask an authenticator for: a signature over the hash. */
  options(
    withdrawal: Withdrawal,
    decision: Decision,
    userId: number,
  ): Promise<PublicKeyCredentialRequestOptionsJSON | 'no_passkey'>;
  /** Verifies a signature over what the withdrawal is now. */
  verify(
    withdrawal: Withdrawal,
    decision: Decision,
    by: { readonly userId: number; readonly role: Role },
    signed: Signed,
  ): Promise<Approval | 'invalid_passkey' | 'invalid_signature'>;
}

const PATIENCE_MS = 5 * 60 * 1000;

export function createApprovals(options: {
  readonly pool: DatabasePool;
  readonly catalog: Exchange['catalog'];
  readonly relyingParty: RelyingParty;
  readonly passkeyCheck: PasskeyCheck;
}): Approvals {
  const { pool, catalog, relyingParty, passkeyCheck } = options;

  function payloadOf(withdrawal: Withdrawal, decision: Decision): string {
    return approvalPayload(decision, withdrawal, catalog().assetById(withdrawal.assetId)!);
  }

  async function evidenceOfKey(
    payload: string,
    userId: number,
    { keyId, signature }: { readonly keyId: string; readonly signature: string },
  ): Promise<ApprovalEvidence | undefined> {
    const key = await findApproverKey(pool, keyId);
    if (key === undefined || key.userId !== userId || key.removedAtMs !== null) return undefined;
    const publicKey = key.publicKey.toString('base64url');
    if (!isEd25519Signature(payloadHash(payload), publicKey, signature)) return undefined;
    return { payload, method: 'ed25519', keyId, publicKey, signature };
  }

  async function evidenceOfPasskey(
    payload: string,
    userId: number,
    assertion: Assertion,
  ): Promise<ApprovalEvidence | undefined> {
    const challenge = payloadHash(payload).toString('base64url');
    const used = await pool.transaction((db) => passkeyCheck.use(db, assertion, { challenge, userId }));
    if (typeof used === 'string') return undefined;
    const { clientDataJSON: clientDataJson, authenticatorData, signature } = assertion.response;
    const publicKey = used.publicKey.toString('base64url');
    const keyId = used.credentialId.toString('base64url');
    return { payload, method: 'passkey', keyId, publicKey, signature, authenticatorData, clientDataJson };
  }

  return {
    subject(withdrawal, decision) {
      const payload = payloadOf(withdrawal, decision);
      return { payload, hash: payloadHash(payload).toString('base64url') };
    },

    async options(withdrawal, decision, userId) {
      const passkeys = await listPasskeys(pool, userId);
      if (passkeys.length === 0) return 'no_passkey';
      return generateAuthenticationOptions({
        rpID: relyingParty.id,
        challenge: new Uint8Array(payloadHash(payloadOf(withdrawal, decision))),
        userVerification: 'required',
        timeout: PATIENCE_MS,
        allowCredentials: passkeys.map(describeCredential),
      });
    },

    async verify(withdrawal, decision, { userId, role }, signed) {
      const payload = payloadOf(withdrawal, decision);
      const isTreasurer = role === 'treasurer';
      if ('passkey' in signed) {
        const evidence = await evidenceOfPasskey(payload, userId, signed.passkey);
        return evidence === undefined ? 'invalid_passkey' : { userId, isTreasurer, evidence };
      }
      const evidence = await evidenceOfKey(payload, userId, signed.signature);
      return evidence === undefined ? 'invalid_signature' : { userId, isTreasurer, evidence };
    },
  };
}
