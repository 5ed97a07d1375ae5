import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { CommonQueryMethods, DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import {
  findChallenge,
  findFactors,
  insertChallenge,
  replaceRecoveryCodes,
  useChallenge,
} from '../../db/factors.ts';
import type { PasskeyPurpose } from '../../db/passkey-challenges.ts';
import { listPasskeys } from '../../db/passkeys.ts';
import { markVerified } from '../../db/sessions.ts';
import { findUserById, type User } from '../../db/users.ts';
import { anonymous, type Caller, inSession } from '../caller.ts';
import { beginSession, hashOfToken, newToken, type SignedIn } from './begin-session.ts';
import type { FactorCheck, ShownFactor, Unshown } from './factor-check.ts';
import { newRecoveryCodes, recoveryHash } from './one-time-passwords.ts';
import type { PasskeyCheck } from './passkey-check.ts';
import type { Claims, TokenVerifier } from './tokens.ts';

/** How long after his password somebody may show his second factor. */
export const CHALLENGE_SECONDS = 5 * 60;

export const FACTORS = Object.freeze(['totp', 'passkey', 'recovery_code'] as const);

/** A password was right; a second factor is wanted. */
export interface Challenge {
  readonly challenge: string;
  /** Which may be shown. */
  readonly factors: readonly (typeof FACTORS)[number][];
}

export type FactorFailure =
  | Unshown
  | 'invalid_credentials'
  | 'no_passkey'
  | 'no_second_factor'
  | 'recent_sign_in_required'
  | 'second_factor_exists'
  | 'sign_in_busy'
  | 'step_up_required';

type InSession = Pick<Claims, 'userId' | 'sessionId'>;

/** What a second factor is shown for. */
export interface SecondFactor {
  /**
   * undefined: the user has no second factor.
   * @param provider the id of the one that stood in the place of the password; null: the password was shown
   */
  challenge(user: User, provider?: string | null, db?: CommonQueryMethods): Promise<Challenge | undefined>;
  /** What a passkey is to sign so that a sign-in can be finished with it. */
  askForSignIn(
    challenge: string,
  ): Promise<PublicKeyCredentialRequestOptionsJSON | 'invalid_challenge' | 'no_passkey'>;
  finishSignIn(challenge: string, shown: ShownFactor, from: Caller): Promise<SignedIn | FactorFailure>;
  /** What a passkey is to sign so that it counts as shown in a session. */
  askInSession(who: InSession): Promise<PublicKeyCredentialRequestOptionsJSON | 'no_passkey'>;
  /** What a passkey is to sign so that a withdrawal is confirmed with it. */
  askForWithdrawal(
    who: InSession,
    withdrawalNo: number,
  ): Promise<PublicKeyCredentialRequestOptionsJSON | 'no_passkey'>;
  /** Shows a factor again, so that what takes a fresh one may be done. */
  stepUp(who: InSession, shown: ShownFactor, from: Caller): Promise<'done' | FactorFailure>;
  replaceRecoveryCodes(
    who: InSession,
    shown: ShownFactor,
    from: Caller,
  ): Promise<readonly string[] | FactorFailure>;
}

/** A passkey is asked for something to be done in a session. */
export function inSessionOf({ userId, sessionId }: InSession) {
  return { purpose: 'step_up', owner: sessionId, userId } as const;
}

/** A passkey is asked for one withdrawal to be confirmed: what it signs is good for no other, and for nothing else. */
export function forWithdrawalOf({ userId, sessionId }: InSession, withdrawalNo: number) {
  return { purpose: 'step_up', owner: `withdrawal ${withdrawalNo} in ${sessionId}`, userId } as const;
}

/** For the audit log. */
const throughProvider = (provider: string | null) => (provider === null ? {} : { provider });

export function createSecondFactor(options: {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly factorCheck: FactorCheck;
  readonly passkeyCheck: PasskeyCheck;
}): SecondFactor {
  const { pool, tokens, factorCheck, passkeyCheck } = options;

  const waiting = (tokenHash: Buffer, userId: number) =>
    ({ purpose: 'second_factor', owner: tokenHash.toString('base64url'), userId }) as const;

  async function ask(asked: Exclude<PasskeyPurpose, { readonly purpose: 'sign_in' }>) {
    const passkeys = await listPasskeys(pool, asked.userId);
    return passkeys.length === 0 ? 'no_passkey' : passkeyCheck.ask(pool, asked, passkeys);
  }

  return {
    async challenge({ id: userId }, provider = null, db = pool) {
      const { totp, passkeys, recoveryCodesLeft } = await findFactors(db, userId);
      if (!totp && passkeys === 0) return undefined;
      const challenge = newToken();
      const nowMs = tokens.now();
      const expiresAtMs = nowMs + CHALLENGE_SECONDS * 1000;
      const tokenHash = hashOfToken(challenge);
      await insertChallenge(db, { tokenHash, userId, provider, nowMs, expiresAtMs });
      const has = { totp, passkey: passkeys > 0, recovery_code: recoveryCodesLeft > 0 };
      return { challenge, factors: FACTORS.filter((factor) => has[factor]) };
    },

    async askForSignIn(challenge) {
      const tokenHash = hashOfToken(challenge);
      const begun = await findChallenge(pool, tokenHash, tokens.now());
      return begun === undefined ? 'invalid_challenge' : ask(waiting(tokenHash, begun.userId));
    },

    async finishSignIn(challenge, shown, from) {
      const tokenHash = hashOfToken(challenge);
      const begun = await findChallenge(pool, tokenHash, tokens.now());
      const user = begun === undefined ? undefined : await findUserById(pool, begun.userId);
      if (begun === undefined || user === undefined) return 'invalid_challenge';
      const asked = waiting(tokenHash, user.id);
      return factorCheck.withFactor(shown, asked, anonymous(from), async (db, how) =>
        (await useChallenge(db, tokenHash))
          ? beginSession(tokens, db, user, from, true, { ...throughProvider(begun.provider), ...how })
          : ('invalid_challenge' as const),
      );
    },

    askInSession: (who) => ask(inSessionOf(who)),
    askForWithdrawal: (who, withdrawalNo) => ask(forWithdrawalOf(who, withdrawalNo)),

    async stepUp(who, shown, from) {
      const { userId } = who;
      const actor = inSession(from, who);
      return factorCheck.withFactor(shown, inSessionOf(who), actor, async (db, detail) => {
        await markVerified(db, who.sessionId, tokens.now());
        await appendAudit(
          db,
          { action: 'session.stepped_up', outcome: 'done', actor, userId, detail },
          tokens.now(),
        );
        return 'done' as const;
      });
    },

    async replaceRecoveryCodes(who, shown, from) {
      const { userId } = who;
      const actor = inSession(from, who);
      const codes = newRecoveryCodes();
      return factorCheck.withFactor(shown, inSessionOf(who), actor, async (db, detail) => {
        await replaceRecoveryCodes(db, userId, codes.map(recoveryHash));
        await appendAudit(
          db,
          { action: 'recovery_codes.replaced', outcome: 'done', actor, userId, detail },
          tokens.now(),
        );
        return codes;
      });
    },
  };
}
