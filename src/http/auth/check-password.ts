import type { CommonQueryMethods } from 'slonik';
import { isSessionFresh } from '../../db/sessions.ts';
import { findUserById, type User } from '../../db/users.ts';
import type { PasswordHasher } from './passwords.ts';

/** How long ago somebody without a password may have signed in, or shown his second factor, for what takes a password. */
export const FRESH_SIGN_IN_MS = 5 * 60 * 1000;

export type PasswordFailure = 'invalid_credentials' | 'sign_in_busy' | 'recent_sign_in_required';

/**
 * The user, if this is his password: for what somebody who is signed in has to show it again. Who has none, because he comes
 * through an OpenID provider, must have signed in, or have shown his second factor, a moment ago instead: `recent_sign_in_required`.
 * @param password undefined where none was shown
 */
export async function checkPassword(
  db: CommonQueryMethods,
  passwords: PasswordHasher,
  who: { readonly userId: number; readonly sessionId: string },
  password: string | undefined,
  nowMs: number,
): Promise<User | PasswordFailure> {
  const user = await findUserById(db, who.userId);
  if (user?.passwordHash === null && password === undefined) {
    const isFresh = await isSessionFresh(db, who.sessionId, nowMs - FRESH_SIGN_IN_MS);
    return isFresh ? user : 'recent_sign_in_required';
  }
  const right = await passwords.verify(user?.passwordHash ?? undefined, password ?? '');
  if (right === undefined) return 'sign_in_busy';
  return right && user !== undefined ? user : 'invalid_credentials';
}
