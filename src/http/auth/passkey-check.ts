import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { CommonQueryMethods } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import {
  insertPasskeyChallenge,
  type PasskeyPurpose,
  usePasskeyChallenge,
} from '../../db/passkey-challenges.ts';
import { lockPasskey, markPasskeyUsed, type Passkey, type SigningPasskey } from '../../db/passkeys.ts';
import type { AuditActor } from '../../domain/audit.ts';
import type { RelyingParty } from '../../signatures/relying-party.ts';
import {
  type Assertion,
  readClientData,
  verifyAssertion,
  type WebAuthnRefusal,
} from '../../signatures/webauthn.ts';
import { hashOfToken, newToken } from './begin-session.ts';
import type { TokenVerifier } from './tokens.ts';

/** How long somebody may look for his authenticator. */
export const PASSKEY_CHALLENGE_MS = 5 * 60 * 1000;

export type PasskeyRefusal = WebAuthnRefusal | 'unknown_credential' | 'no_challenge';
export type PasskeyFailure = 'invalid_challenge' | 'invalid_passkey';

/** Asks for signatures of passkeys and checks them. */
export interface PasskeyCheck {
  /** Makes a challenge and keeps its hash; base64url, 256 bits. */
  newChallenge(db: CommonQueryMethods, asked: PasskeyPurpose): Promise<string>;
  /**
   * What the browser is to ask an authenticator for.
   * @param passkeys that may answer; when left out whichever the authenticator has for the exchange
   */
  ask(
    db: CommonQueryMethods,
    asked: PasskeyPurpose,
    passkeys?: readonly Passkey[],
  ): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /**
   * Checks an assertion over a challenge that was kept, uses both up, and writes down what was refused. In a transaction that is
   * to be committed either way: a challenge is good for one try.
   */
  show(
    db: CommonQueryMethods,
    assertion: Assertion,
    asked: PasskeyPurpose,
    actor: AuditActor,
  ): Promise<SigningPasskey | PasskeyFailure>;
  /**
   * Checks an assertion over any challenge that its caller knows to be good, such as the hash of what is to be agreed to, and
   * keeps the counter. In a transaction: of two at once the second sees the counter of the first.
   * @param of whose passkey it must be; null: anybody's, and the assertion must say whose
   */
  use(
    db: CommonQueryMethods,
    assertion: Assertion,
    of: { readonly challenge: string; readonly userId: number | null },
  ): Promise<SigningPasskey | PasskeyRefusal>;
}

export function createPasskeyCheck({
  relyingParty: rp,
  tokens,
}: {
  readonly relyingParty: RelyingParty;
  readonly tokens: Pick<TokenVerifier, 'now'>;
}): PasskeyCheck {
  const check: PasskeyCheck = {
    async newChallenge(db, asked) {
      const challenge = newToken();
      const nowMs = tokens.now();
      const hash = hashOfToken(challenge);
      await insertPasskeyChallenge(db, {
        hash,
        for: asked,
        nowMs,
        expiresAtMs: nowMs + PASSKEY_CHALLENGE_MS,
      });
      return challenge;
    },

    async ask(db, asked, passkeys) {
      const challenge = await check.newChallenge(db, asked);
      return generateAuthenticationOptions({
        rpID: rp.id,
        challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
        userVerification: 'required',
        timeout: PASSKEY_CHALLENGE_MS,
        ...(passkeys === undefined ? {} : { allowCredentials: passkeys.map(describeCredential) }),
      });
    },

    async use(db, assertion, { challenge, userId }) {
      const passkey = await lockPasskey(db, Buffer.from(assertion.id, 'base64url'));
      if (passkey === undefined) return 'unknown_credential';
      if (userId !== null && passkey.userId !== userId) return 'unknown_credential';
      if (userId === null && typeof assertion.response.userHandle !== 'string') return 'wrong_user';
      const verified = await verifyAssertion(rp, assertion, challenge, passkey);
      if (typeof verified === 'string') return verified;
      const { signCount } = verified;
      await markPasskeyUsed(db, passkey.id, { signCount, nowMs: tokens.now() });
      return passkey;
    },

    async show(db, assertion, asked, actor) {
      const challenge = readClientData(assertion.response.clientDataJSON)?.challenge;
      let result: SigningPasskey | PasskeyRefusal;
      if (challenge === undefined) result = 'malformed';
      else if (!(await usePasskeyChallenge(db, hashOfToken(challenge), asked, tokens.now())))
        result = 'no_challenge';
      else result = await check.use(db, assertion, { challenge, userId: asked.userId });
      if (typeof result !== 'string') return result;
      const known = await lockPasskey(db, Buffer.from(assertion.id, 'base64url'));
      // Somebody else's passkey is nothing that this user's entries should tell of.
      const passkey = asked.userId === null || known?.userId === asked.userId ? known : undefined;
      const userId = asked.userId ?? passkey?.userId ?? null;
      const detail = {
        purpose: asked.purpose,
        why: result,
        ...(passkey === undefined ? {} : { passkeyId: passkey.id }),
      };
      await appendAudit(
        db,
        { action: 'passkey.refused', outcome: 'refused', actor, userId, detail },
        tokens.now(),
      );
      return result === 'no_challenge' ? 'invalid_challenge' : 'invalid_passkey';
    },
  };
  return check;
}

/** Names a passkey to a browser. */
export function describeCredential({ credentialId, transports }: Passkey) {
  return { id: credentialId.toString('base64url'), transports: [...transports] };
}
