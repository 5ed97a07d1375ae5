import type { CommonQueryMethods, DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import {
  beginTotp,
  confirmTotp,
  deleteChallenges,
  findChallenge,
  findTotp,
  hasSecondFactor,
  insertChallenge,
  removeTotp,
  replaceRecoveryCodes,
  useChallenge,
  useRecoveryCode,
  useTotpStep,
} from '../../db/factors.ts';
import { endSessionsOf, markVerified } from '../../db/sessions.ts';
import { findUserById, type User } from '../../db/users.ts';
import { holdWithdrawals, type WithdrawalHoldReason } from '../../db/withdrawal-holds.ts';
import type { AuditAction, AuditActor, AuditOutcome } from '../../domain/audit.ts';
import { anonymous, type Caller, inSession } from '../caller.ts';
import type { NoticeKind } from '../mail/messages.ts';
import type { MailQueue } from '../mail/queue.ts';
import { beginSession, hashOfToken, newToken, type SignedIn } from './begin-session.ts';
import { checkPassword } from './check-password.ts';
import type { CodeLimits } from './code-limits.ts';
import { describeTotp, newRecoveryCodes, newTotpSecret, recoveryHash, stepOf } from './one-time-passwords.ts';
import type { PasswordHasher } from './passwords.ts';
import type { Sealing } from './sealing.ts';
import type { Claims, TokenVerifier } from './tokens.ts';

/** How long after his password somebody may show his code. */
export const CHALLENGE_SECONDS = 5 * 60;

/** How long the second factor counts as shown a moment ago. */
export const FRESH_FACTOR_MS = 10 * 60 * 1000;

/** A password was right; a code is wanted. */
export interface Challenge {
  readonly challenge: string;
}

export type FactorFailure =
  | 'invalid_challenge'
  | 'invalid_code'
  | 'invalid_credentials'
  | 'no_second_factor'
  | 'recent_sign_in_required'
  | 'second_factor_exists'
  | 'sign_in_busy'
  | { readonly retryAfterSeconds: number };

type InSession = Pick<Claims, 'userId' | 'sessionId'>;

export interface SecondFactor {
  /**
   * undefined: the user has no second factor.
   * @param provider the id of the one that stood in the place of the password; null: the password was shown
   */
  challenge(user: User, provider?: string | null, db?: CommonQueryMethods): Promise<Challenge | undefined>;
  finishSignIn(challenge: string, code: string, from: Caller): Promise<SignedIn | FactorFailure>;
  /** Shows the factor again, so that what takes a fresh one may be done. */
  stepUp(who: InSession, code: string, from: Caller): Promise<'done' | FactorFailure>;
  /** @param password left out by who has none, here and below */
  begin(
    who: InSession,
    password: string | undefined,
  ): Promise<{ readonly secret: string; readonly uri: string } | FactorFailure>;
  /** From now on codes are wanted. Ends every session and begins one. */
  confirm(
    who: InSession,
    code: string,
    from: Caller,
  ): Promise<{ readonly signedIn: SignedIn; readonly recoveryCodes: readonly string[] } | FactorFailure>;
  /** Ends every session and begins one. */
  remove(
    who: InSession,
    shown: { readonly password?: string | undefined; readonly code: string },
    from: Caller,
  ): Promise<SignedIn | FactorFailure>;
  replaceRecoveryCodes(
    who: InSession,
    code: string,
    from: Caller,
  ): Promise<readonly string[] | FactorFailure>;
}

export interface SecondFactorOptions {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly passwords: PasswordHasher;
  readonly sealing: Sealing;
  readonly limits: CodeLimits;
  readonly mails: MailQueue;
  readonly withdrawalHoldMs: number;
}

/** For the audit log. */
const throughProvider = (provider: string | null) => (provider === null ? {} : { provider });

const contextOf = (userId: number) => `totp of user ${userId}`;

/** One-time passwords, recovery codes in their place, and what they are shown for. */
export function createSecondFactor(options: SecondFactorOptions): SecondFactor {
  const { pool, tokens, passwords, sealing, limits, mails } = options;

  /**
   * Does something in the transaction that uses the code up, or writes down that the code was wrong. A code is used up even
   * where what it was shown for then comes to nothing.
   */
  async function withCode<Done>(
    userId: number,
    code: string,
    actor: AuditActor,
    isConfirmed: boolean,
    done: (db: CommonQueryMethods) => Promise<Done | FactorFailure>,
  ): Promise<Done | FactorFailure> {
    const retryAfterSeconds = await limits.take(userId);
    if (retryAfterSeconds !== undefined) return { retryAfterSeconds };
    const result = await pool.transaction(async (db) => {
      const used = await useCode(db, userId, code, isConfirmed);
      if (used === undefined) {
        await note(db, 'factor.refused', 'refused', actor, userId);
        return 'invalid_code' as const;
      }
      if (used === 'recovery') {
        await note(db, 'recovery_code.used', 'done', actor, userId);
        await tellOwner(db, 'recovery_code_used', userId, actor);
        await hold(db, userId, 'recovery_code_used');
        await note(db, 'recovery_code.used', 'done', actor, userId);
      }
      return done(db);
    });
    if (result !== 'invalid_code') await limits.giveBack(userId);
    return result;
  }

  async function useCode(
    db: CommonQueryMethods,
    userId: number,
    code: string,
    isConfirmed: boolean,
  ): Promise<'totp' | 'recovery' | undefined> {
    const factor = await findTotp(db, userId);
    if (factor === undefined || (factor.confirmedAtMs !== null) !== isConfirmed) return undefined;
    if (!/^\d{6}$/.test(code)) {
      const isGood = isConfirmed && (await useRecoveryCode(db, userId, recoveryHash(code), tokens.now()));
      return isGood ? 'recovery' : undefined;
    }
    const { sealedSecret } = factor;
    const step = stepOf(sealing.unseal(sealedSecret, contextOf(userId)), code, tokens.now());
    if (step === undefined) return undefined;
    return (await useTotpStep(db, userId, { sealedSecret, step })) ? 'totp' : undefined;
  }

  const note = (
    db: CommonQueryMethods,
    action: AuditAction,
    outcome: AuditOutcome,
    actor: AuditActor,
    userId: number,
    detail: Readonly<Record<string, unknown>> = {},
  ) => appendAudit(db, { action, outcome, actor, userId, detail }, tokens.now());

  async function tellOwner(db: CommonQueryMethods, kind: NoticeKind, userId: number, actor: AuditActor) {
    const user = await findUserById(db, userId);
    if (user !== undefined) await mails.notice(db, kind, user, 'ip' in actor ? actor : null);
  }
  const hold = (db: CommonQueryMethods, userId: number, reason: WithdrawalHoldReason) =>
    holdWithdrawals(db, userId, reason, { nowMs: tokens.now(), holdMs: options.withdrawalHoldMs });

  /** The factor is another: whoever is in, or half in, has to show it. */
  async function endAll(db: CommonQueryMethods, userId: number): Promise<readonly string[]> {
    await deleteChallenges(db, userId);
    return endSessionsOf(db, userId, 'factor_changed', tokens.now());
  }

  return {
    async challenge({ id: userId }, provider = null, db = pool) {
      if (!(await hasSecondFactor(db, userId))) return undefined;
      const challenge = newToken();
      const nowMs = tokens.now();
      const expiresAtMs = nowMs + CHALLENGE_SECONDS * 1000;
      const tokenHash = hashOfToken(challenge);
      await insertChallenge(db, { tokenHash, userId, provider, nowMs, expiresAtMs });
      return { challenge };
    },

    async finishSignIn(challenge, code, from) {
      const tokenHash = hashOfToken(challenge);
      const begun = await findChallenge(pool, tokenHash, tokens.now());
      const user = begun === undefined ? undefined : await findUserById(pool, begun.userId);
      if (begun === undefined || user === undefined) return 'invalid_challenge';
      return withCode(user.id, code, anonymous(from), true, async (db) =>
        (await useChallenge(db, tokenHash))
          ? beginSession(tokens, db, user, from, true, throughProvider(begun.provider))
          : 'invalid_challenge',
      );
    },

    async stepUp(who, code, from) {
      const { userId } = who;
      const actor = inSession(from, who);
      return withCode(userId, code, actor, true, async (db) => {
        await markVerified(db, who.sessionId, tokens.now());
        await note(db, 'session.stepped_up', 'done', actor, userId);
        return 'done' as const;
      });
    },

    async begin(who, password) {
      const { userId } = who;
      const user = await checkPassword(pool, passwords, who, password, tokens.now());
      if (typeof user === 'string') return user;
      const secret = newTotpSecret();
      const sealed = sealing.seal(secret, contextOf(userId));
      if (!(await beginTotp(pool, userId, sealed, tokens.now()))) return 'second_factor_exists';
      return describeTotp(secret, user.email);
    },

    async confirm(who, code, from) {
      const { userId } = who;
      const user = await findUserById(pool, userId);
      const factor = await findTotp(pool, userId);
      if (user === undefined || factor === undefined) return 'no_second_factor';
      if (factor.confirmedAtMs !== null) return 'second_factor_exists';
      const actor = inSession(from, who);
      const recoveryCodes = newRecoveryCodes();
      const result = await withCode(userId, code, actor, false, async (db) => {
        if (!(await confirmTotp(db, userId, tokens.now()))) return 'second_factor_exists' as const;
        await replaceRecoveryCodes(db, userId, recoveryCodes.map(recoveryHash));
        const sessionIds = await endAll(db, userId);
        await hold(db, userId, 'factor_added');
        await note(db, 'factor.added', 'done', actor, userId, { type: 'totp', sessionIds });
        await mails.notice(db, 'factor_added', user, from);
        return { sessionIds, signedIn: await beginSession(tokens, db, user, from, true), recoveryCodes };
      });
      return announced(result);
    },

    async remove(who, { password, code }, from) {
      const { userId } = who;
      const user = await checkPassword(pool, passwords, who, password, tokens.now());
      if (typeof user === 'string') return user;
      const actor = inSession(from, who);
      const result = await withCode(userId, code, actor, true, async (db) => {
        await removeTotp(db, userId);
        const sessionIds = await endAll(db, userId);
        await hold(db, userId, 'factor_removed');
        await note(db, 'factor.removed', 'done', actor, userId, { type: 'totp', sessionIds });
        await mails.notice(db, 'factor_removed', user, from);
        return { sessionIds, signedIn: await beginSession(tokens, db, user, from, false) };
      });
      const removed = announced(result);
      return typeof removed === 'object' && 'signedIn' in removed ? removed.signedIn : removed;
    },

    async replaceRecoveryCodes(who, code, from) {
      const { userId } = who;
      const actor = inSession(from, who);
      const codes = newRecoveryCodes();
      return withCode(userId, code, actor, true, async (db) => {
        await replaceRecoveryCodes(db, userId, codes.map(recoveryHash));
        await note(db, 'recovery_codes.replaced', 'done', actor, userId);
        return codes;
      });
    },
  };

  /** Tells of the sessions that a change ended, now that it is committed. */
  function announced<Done extends { readonly sessionIds: readonly string[] }>(
    result: Done | FactorFailure,
  ): Done | FactorFailure {
    if (typeof result === 'object' && 'sessionIds' in result)
      for (const sessionId of result.sessionIds) tokens.sessionEnded(sessionId);
    return result;
  }
}
