import type { CommonQueryMethods } from 'slonik';
import { findUserById, type User } from '../../db/users.ts';
import type { PasswordHasher } from './passwords.ts';

/** The user, if this is his password: for what somebody who is signed in has to show it again. */
export async function checkPassword(
  db: CommonQueryMethods,
  passwords: PasswordHasher,
  userId: number,
  password: string,
): Promise<User | 'invalid_credentials' | 'sign_in_busy'> {
  const user = await findUserById(db, userId);
  const right = await passwords.verify(user?.passwordHash, password);
  if (right === undefined) return 'sign_in_busy';
  return right && user !== undefined ? user : 'invalid_credentials';
}
