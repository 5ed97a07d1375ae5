import type { CommonQueryMethods, DatabasePool } from 'slonik';
import { beginTotp, confirmTotp, findTotp, removeTotp } from '../../db/factors.ts';
import { findUserById } from '../../db/users.ts';
import type { SignedIn } from '../auth/begin-session.ts';
import { checkPassword } from '../auth/check-password.ts';
import type { FactorAdded, FactorChanges } from '../auth/factor-changes.ts';
import { type FactorCheck, type ShownFactor, totpContext } from '../auth/factor-check.ts';
import { isFactorFresh } from '../auth/fresh-factor.ts';
import { describeTotp, newTotpSecret } from '../auth/one-time-passwords.ts';
import type { PasswordHasher } from '../auth/passwords.ts';
import type { Sealing } from '../auth/sealing.ts';
import { type FactorFailure, inSessionOf } from '../auth/second-factor.ts';
import type { Claims, TokenVerifier } from '../auth/tokens.ts';
import { type Caller, inSession } from '../caller.ts';

type InSession = Pick<Claims, 'userId' | 'sessionId'>;

/** A user's authenticator of one-time passwords. */
export interface Totp {
  /** @param password left out by who has none, here and below */
  begin(
    who: InSession,
    password: string | undefined,
  ): Promise<{ readonly secret: string; readonly uri: string } | FactorFailure>;
  /** From now on codes are wanted. Ends every session and begins one. */
  confirm(who: InSession, code: string, from: Caller): Promise<FactorAdded | FactorFailure>;
  /** Ends every session and begins one. */
  remove(
    who: InSession,
    shown: { readonly password?: string | undefined; readonly factor: ShownFactor },
    from: Caller,
  ): Promise<SignedIn | FactorFailure>;
}

export function createTotp(options: {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly passwords: PasswordHasher;
  readonly sealing: Sealing;
  readonly factorCheck: FactorCheck;
  readonly factorChanges: FactorChanges;
}): Totp {
  const { pool, tokens, passwords, sealing, factorCheck, factorChanges } = options;
  const isFresh = (db: CommonQueryMethods, who: InSession) => isFactorFresh(db, who, tokens.now());

  return {
    async begin(who, password) {
      const { userId } = who;
      const user = await checkPassword(pool, passwords, who, password, tokens.now());
      if (typeof user === 'string') return user;
      if (!(await isFresh(pool, who))) return 'step_up_required';
      const secret = newTotpSecret();
      const sealed = sealing.seal(secret, totpContext(userId));
      if (!(await beginTotp(pool, userId, sealed, tokens.now()))) return 'second_factor_exists';
      return describeTotp(secret, user.email);
    },

    async confirm(who, code, from) {
      const { userId } = who;
      const user = await findUserById(pool, userId);
      const factor = await findTotp(pool, userId);
      if (user === undefined || factor === undefined) return 'no_second_factor';
      if (factor.confirmedAtMs !== null) return 'second_factor_exists';
      if (!(await isFresh(pool, who))) return 'step_up_required';
      const change = { user, who, from, action: 'factor.added', detail: { type: 'totp' } } as const;
      const result = await factorCheck.withFirstCode(userId, code, inSession(from, who), async (db) => {
        // A passkey may have been added meanwhile.
        if (!(await isFresh(db, who))) return 'step_up_required' as const;
        return factorChanges.add(db, change, async () =>
          (await confirmTotp(db, userId, tokens.now())) ? undefined : ('second_factor_exists' as const),
        );
      });
      factorChanges.announce(result);
      return result;
    },

    async remove(who, { password, factor }, from) {
      const { userId } = who;
      const user = await checkPassword(pool, passwords, who, password, tokens.now());
      if (typeof user === 'string') return user;
      const change = { user, who, from, action: 'factor.removed', detail: { type: 'totp' } } as const;
      const result = await factorCheck.withFactor(
        factor,
        inSessionOf(who),
        inSession(from, who),
        async (db) =>
          (await removeTotp(db, userId)) ? factorChanges.removed(db, change) : ('no_second_factor' as const),
      );
      factorChanges.announce(result);
      return typeof result === 'object' && 'signedIn' in result ? result.signedIn : result;
    },
  };
}
