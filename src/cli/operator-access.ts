import { randomBytes } from 'node:crypto';
import { nanoid } from 'nanoid';
import type { DatabasePool } from 'slonik';
import { appendAudit } from '../db/audit.ts';
import { findOperator, type OperatorUser } from '../db/operators.ts';
import { endSession, insertSession } from '../db/sessions.ts';
import { insertUser } from '../db/users.ts';
import { assert } from '../domain/assert.ts';
import { createPasswordHasher } from '../http/auth/passwords.ts';
import type { TokenSecrets } from '../http/auth/token-secrets.ts';
import { CliError } from './errors.ts';

/** The rights of an operator at the running exchange, for as long as they are needed. */
export interface OperatorAccess {
  readonly email: string;
  /** An access token that is good for at least half a minute. */
  accessToken(): Promise<string>;
  /** Ends the session. */
  end(): Promise<void>;
}

export interface OperatorAccessOptions {
  readonly pool: DatabasePool;
  /** What the exchange signs its tokens with. */
  readonly tokenSecrets: Pick<TokenSecrets, 'sign'>;
  /** The operator in whose name, and with whose rights, to act; by default the first admin. */
  readonly email: string | undefined;
  /** In production nobody is made an operator who was not asked for. */
  readonly production: boolean;
}

/** Stands for whoever has the machine; nobody can sign in as it, since its password was never known. */
export const LOCAL_OPERATOR = 'operator@localhost';

const COMMAND_LINE = { type: 'command_line' } as const;
const TOKEN_SECONDS = 60;
const RENEW_BEFORE_SECONDS = 30;
const SESSION_MS = 10 * 60_000;

/**
 * Acts as an operator without a password or a second factor: who can read the secret and write the database of the exchange could
 * do anything anyway. The session says so, what is done in it stands in the audit log as done by the command line, and tokens
 * last a minute.
 * @throws {CliError} `operator_not_found`
 */
export async function openOperatorAccess(options: OperatorAccessOptions): Promise<OperatorAccess> {
  const { pool, tokenSecrets } = options;
  const operator = await operatorFor(options);
  const sessionId = nanoid();
  const createdAtMs = Date.now();
  const { userId } = operator;
  await pool.transaction(async (db) => {
    await insertSession(db, {
      id: sessionId,
      userId,
      // Of a refresh token that nobody has.
      refreshHash: randomBytes(32),
      createdAtMs,
      expiresAtMs: createdAtMs + SESSION_MS,
      ip: null,
      userAgent: 'command line',
      verifiedAtMs: null,
      byCommandLine: true,
    });
    await appendAudit(
      db,
      { action: 'session.begun', outcome: 'done', actor: COMMAND_LINE, userId, detail: { sessionId } },
      createdAtMs,
    );
  });
  let token = '';
  let expiresAt = 0;
  return {
    email: operator.email,
    async accessToken() {
      const now = Math.floor(Date.now() / 1000);
      if (now > expiresAt - RENEW_BEFORE_SECONDS) {
        expiresAt = now + TOKEN_SECONDS;
        const payload = {
          iat: now,
          exp: expiresAt,
          acc: operator.accountId,
          role: operator.role,
          sid: sessionId,
        };
        token = tokenSecrets.sign(payload, String(operator.userId));
      }
      return token;
    },
    async end() {
      await endSession(pool, sessionId, 'logged_out', Date.now());
    },
  };
}

async function operatorFor({ pool, email, production }: OperatorAccessOptions): Promise<OperatorUser> {
  const found = await findOperator(pool, email);
  if (found !== undefined) return found;
  if (email !== undefined) throw new CliError('operator_not_found', `There is no operator ${email}.`);
  if (production) {
    throw new CliError('operator_not_found', 'There is no admin yet: bourse operator add <email>.');
  }
  const passwordHash = await createPasswordHasher().hash(randomBytes(32).toString('base64url'));
  assert(passwordHash !== undefined, 'nobody else hashes in this process');
  const user = {
    email: LOCAL_OPERATOR,
    passwordHash,
    role: 'admin',
    createdAtMs: Date.now(),
    isEmailConfirmed: true,
  } as const;
  await insertUser(pool, user, (db, { id }) =>
    appendAudit(
      db,
      {
        action: 'user.added',
        outcome: 'done',
        actor: COMMAND_LINE,
        userId: id,
        detail: { role: 'admin' },
      },
      user.createdAtMs,
    ),
  );
  // Another process may have added it at the same moment; then that one is it.
  return (await findOperator(pool, LOCAL_OPERATOR))!;
}
