import type { z } from 'zod';
import type { OwnFactors } from '../../db/factors.ts';
import type { User } from '../../db/users.ts';
import type { WithdrawalObstacles } from '../../db/withdrawal-holds.ts';
import type { SignedIn } from './begin-session.ts';
import type { Me, TokenPair } from './schema.ts';
import { ACCESS_TOKEN_SECONDS } from './tokens.ts';

export function presentTokenPair(signedIn: SignedIn): z.output<typeof TokenPair> {
  return {
    accessToken: signedIn.accessToken,
    tokenType: 'Bearer',
    expiresIn: ACCESS_TOKEN_SECONDS,
    refreshToken: signedIn.refreshToken,
    accountId: String(signedIn.user.accountId),
    sessionId: signedIn.sessionId,
  };
}

export function presentMe(
  user: User,
  secondFactor: OwnFactors,
  { frozen, heldUntilMs }: WithdrawalObstacles,
): z.output<typeof Me> {
  return {
    userId: String(user.id),
    accountId: String(user.accountId),
    email: user.email,
    role: user.role,
    hasPassword: user.passwordHash !== null,
    secondFactor,
    frozen,
    withdrawalsHeldUntil: heldUntilMs === null ? null : new Date(heldUntilMs).toISOString(),
    createdAt: new Date(user.createdAtMs).toISOString(),
  };
}
