import { createHash, randomBytes } from 'node:crypto';
import { nanoid } from 'nanoid';
import type { DatabasePool } from 'slonik';
import { endSession, insertSession, rotateRefreshToken } from '../../db/sessions.ts';
import { findUserByEmail, findUserById, insertUser, type Role, type User } from '../../db/users.ts';
import type { PasswordHasher } from './passwords.ts';
import type { TokenVerifier } from './tokens.ts';

const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

/** What a client gets to keep. */
export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
  readonly sessionId: string;
}

export type SignInFailure = 'invalid_credentials' | 'invalid_refresh_token' | 'sign_in_busy';

export interface SignIn {
  /** `email_taken` is for operators; the public route must not tell. */
  createUser(user: NewUser): Promise<User | 'email_taken' | 'sign_in_busy'>;
  logIn(email: string, password: string): Promise<SignedIn | SignInFailure>;
  refresh(refreshToken: string): Promise<SignedIn | SignInFailure>;
  logOut(sessionId: string): Promise<void>;
}

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly role: Role;
}

export interface SignInOptions {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly passwords: PasswordHasher;
}

/** Users and their sessions. An ended session is ended in the database first, then in memory. */
export function createSignIn({ pool, tokens, passwords }: SignInOptions): SignIn {
  function signedIn(user: User, sessionId: string, refreshToken: string): SignedIn {
    const { id: userId, accountId, role } = user;
    return {
      accessToken: tokens.sign({ userId, accountId, role, sessionId }),
      refreshToken,
      user,
      sessionId,
    };
  }

  return {
    createUser: (user) => createUser(pool, passwords, user, tokens.now()),

    async logIn(email, password) {
      const user = await findUserByEmail(pool, email);
      const right = await passwords.verify(user?.passwordHash, password);
      if (right === undefined) return 'sign_in_busy';
      if (!right || user === undefined) return 'invalid_credentials';
      const sessionId = nanoid();
      const refreshToken = newRefreshToken();
      const createdAtMs = tokens.now();
      await insertSession(pool, {
        id: sessionId,
        userId: user.id,
        refreshHash: hashOf(refreshToken),
        createdAtMs,
        expiresAtMs: createdAtMs + SESSION_MS,
      });
      return signedIn(user, sessionId, refreshToken);
    },

    async refresh(refreshToken) {
      const next = newRefreshToken();
      const rotation = await rotateRefreshToken(pool, hashOf(refreshToken), hashOf(next), tokens.now());
      if (rotation.outcome === 'reused') tokens.sessionEnded(rotation.sessionId);
      if (rotation.outcome !== 'rotated') return 'invalid_refresh_token';
      const user = await findUserById(pool, rotation.userId);
      if (user === undefined) throw new Error(`session ${rotation.sessionId} belongs to no user`);
      return signedIn(user, rotation.sessionId, next);
    },

    async logOut(sessionId) {
      await endSession(pool, sessionId, 'logged_out', tokens.now());
      tokens.sessionEnded(sessionId);
    },
  };
}

/** Adds a user with a new account; for the command line too. The address and password were checked by `Credentials`. */
export async function createUser(
  pool: DatabasePool,
  passwords: PasswordHasher,
  { email, password, role }: NewUser,
  nowMs: number,
): Promise<User | 'email_taken' | 'sign_in_busy'> {
  const passwordHash = await passwords.hash(password);
  if (passwordHash === undefined) return 'sign_in_busy';
  const user = await insertUser(pool, { email, passwordHash, role, createdAtMs: nowMs });
  return user ?? 'email_taken';
}

function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A fast hash is enough for 256 random bits: there is nothing to guess. */
function hashOf(refreshToken: string): Buffer {
  return createHash('sha256').update(refreshToken).digest();
}
