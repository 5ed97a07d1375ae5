import type { CommonQueryMethods, DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { findTotp, lockFactors, useRecoveryCode, useTotpStep } from '../../db/factors.ts';
import type { PasskeyPurpose } from '../../db/passkey-challenges.ts';
import { findUserById } from '../../db/users.ts';
import { holdWithdrawals } from '../../db/withdrawal-holds.ts';
import type { AuditActor } from '../../domain/audit.ts';
import type { Assertion } from '../../signatures/webauthn.ts';
import type { MailQueue } from '../mail/queue.ts';
import type { CodeLimits } from './code-limits.ts';
import { recoveryHash, stepOf } from './one-time-passwords.ts';
import type { PasskeyCheck, PasskeyFailure } from './passkey-check.ts';
import type { Sealing } from './sealing.ts';
import type { TokenVerifier } from './tokens.ts';

/** A one-time password, a recovery code, or the signature of a passkey. */
export type ShownFactor = { readonly code: string } | { readonly passkey: Assertion };

export type Unshown = 'invalid_code' | PasskeyFailure | { readonly retryAfterSeconds: number };

/** For the audit log. */
export type HowShown = { readonly passkeyId: string } | Readonly<Record<string, never>>;

export interface FactorCheck {
  /**
   * Does something in the transaction that uses the factor up, or writes down that it was wrong. It is used up even where what it
   * was shown for then comes to nothing. Of the same user's factors one is looked at, or changed, at a time.
   * @param asked what a passkey was asked for
   */
  withFactor<Done>(
    shown: ShownFactor,
    asked: Exclude<PasskeyPurpose, { readonly purpose: 'sign_in' }>,
    actor: AuditActor,
    done: (db: CommonQueryMethods, how: HowShown) => Promise<Done>,
  ): Promise<Done | Unshown>;
  /** The same with the first code of an authenticator, which counts for nothing else yet. */
  withFirstCode<Done>(
    userId: number,
    code: string,
    actor: AuditActor,
    done: (db: CommonQueryMethods, how: HowShown) => Promise<Done>,
  ): Promise<Done | Unshown>;
}

/** What a sealed TOTP secret is bound to. */
export const totpContext = (userId: number) => `totp of user ${userId}`;

export function createFactorCheck(options: {
  readonly pool: DatabasePool;
  readonly tokens: Pick<TokenVerifier, 'now'>;
  readonly sealing: Sealing;
  readonly limits: CodeLimits;
  readonly passkeyCheck: PasskeyCheck;
  readonly mails: MailQueue;
  readonly withdrawalHoldMs: number;
}): FactorCheck {
  const { pool, tokens, sealing, limits, passkeyCheck, mails, withdrawalHoldMs: holdMs } = options;

  async function limited<Done>(
    userId: number,
    use: (db: CommonQueryMethods) => Promise<HowShown | 'invalid_code' | PasskeyFailure>,
    done: (db: CommonQueryMethods, how: HowShown) => Promise<Done>,
  ): Promise<Done | Unshown> {
    const retryAfterSeconds = await limits.take(userId);
    if (retryAfterSeconds !== undefined) return { retryAfterSeconds };
    const outcome = await pool.transaction(async (db) => {
      await lockFactors(db, userId);
      const used = await use(db);
      return typeof used === 'string' ? { failure: used } : { result: await done(db, used) };
    });
    if ('failure' in outcome) return outcome.failure;
    await limits.giveBack(userId);
    return outcome.result;
  }

  async function useCode(
    db: CommonQueryMethods,
    userId: number,
    code: string,
    actor: AuditActor,
    isConfirmed: boolean,
  ): Promise<HowShown | 'invalid_code'> {
    const isRecovery = !/^\d{6}$/.test(code);
    const isGood = isRecovery
      ? isConfirmed && (await useRecoveryCode(db, userId, recoveryHash(code), tokens.now()))
      : await useTotpCode(db, userId, code, isConfirmed);
    if (isGood && !isRecovery) return {};
    const event = isGood
      ? ({ action: 'recovery_code.used', outcome: 'done' } as const)
      : ({ action: 'factor.refused', outcome: 'refused' } as const);
    await appendAudit(db, { ...event, actor, userId, detail: {} }, tokens.now());
    if (!isGood) return 'invalid_code';
    // Whoever has it may have found the paper.
    await holdWithdrawals(db, userId, 'recovery_code_used', { nowMs: tokens.now(), holdMs });
    const user = await findUserById(db, userId);
    if (user !== undefined) await mails.notice(db, 'recovery_code_used', user, 'ip' in actor ? actor : null);
    return {};
  }

  async function useTotpCode(
    db: CommonQueryMethods,
    userId: number,
    code: string,
    isConfirmed: boolean,
  ): Promise<boolean> {
    const factor = await findTotp(db, userId);
    if (factor === undefined || (factor.confirmedAtMs !== null) !== isConfirmed) return false;
    const { sealedSecret } = factor;
    const step = stepOf(sealing.unseal(sealedSecret, totpContext(userId)), code, tokens.now());
    return step !== undefined && (await useTotpStep(db, userId, { sealedSecret, step }));
  }

  return {
    withFactor: (shown, asked, actor, done) =>
      limited(
        asked.userId,
        async (db) => {
          if ('code' in shown) return useCode(db, asked.userId, shown.code, actor, true);
          const passkey = await passkeyCheck.show(db, shown.passkey, asked, actor);
          return typeof passkey === 'string' ? passkey : { passkeyId: passkey.id };
        },
        done,
      ),
    withFirstCode: (userId, code, actor, done) =>
      limited(userId, (db) => useCode(db, userId, code, actor, false), done),
  };
}
