import { createHash, createPublicKey, verify } from 'node:crypto';
import type { ApprovalEvidence } from '../domain/withdrawals/withdrawal.ts';
import type { RelyingParty } from './relying-party.ts';
import { verifyAssertion, type WebAuthnRefusal } from './webauthn.ts';

export type EvidenceRefusal = WebAuthnRefusal | 'wrong_payload' | 'incomplete';

/** SHA-256 of a payload's UTF-8: what approvers sign. */
export function payloadHash(payload: string): Buffer {
  return createHash('sha256').update(payload, 'utf8').digest();
}

/**
 * Checks a kept signature anew, with nothing but what is kept with it.
 * @param payload what must have been signed
 * @returns why it is not good; undefined when it is
 */
export async function refusalOfEvidence(
  evidence: ApprovalEvidence,
  payload: string,
  rp: RelyingParty,
): Promise<EvidenceRefusal | undefined> {
  if (evidence.payload !== payload) return 'wrong_payload';
  const hash = payloadHash(payload);
  if (evidence.method === 'ed25519')
    return isEd25519Signature(hash, evidence.publicKey, evidence.signature) ? undefined : 'wrong_signature';
  const { keyId: id, clientDataJson, authenticatorData, signature } = evidence;
  if (clientDataJson === undefined || authenticatorData === undefined) return 'incomplete';
  const response = { clientDataJSON: clientDataJson, authenticatorData, signature };
  const verified = await verifyAssertion(
    rp,
    { id, rawId: id, type: 'public-key', response },
    hash.toString('base64url'),
    // Its counter was looked at when it was made.
    { publicKey: Buffer.from(evidence.publicKey, 'base64url'), signCount: 0, userHandle: Buffer.alloc(0) },
  );
  return typeof verified === 'string' ? verified : undefined;
}

/** @param publicKey 32 bytes, base64url @param signature 64 bytes, base64url; over the 32 bytes of the hash */
export function isEd25519Signature(hash: Uint8Array, publicKey: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, hash, key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}
