import {
  type CommonQueryMethods,
  type DatabasePool,
  sql,
  UniqueIntegrityConstraintViolationError,
} from 'slonik';
import { z } from 'zod';
import { ROLES, type Role } from '../domain/roles.ts';

export interface User {
  readonly id: number;
  readonly email: string;
  /** null: he signs in through an OpenID provider. */
  readonly passwordHash: string | null;
  readonly accountId: number;
  readonly role: Role;
  readonly createdAtMs: number;
  /** null: whether the address is his was not shown, so he can't sign in. */
  readonly emailConfirmedAtMs: number | null;
}

export interface NewUser {
  readonly email: string;
  readonly passwordHash: string | null;
  readonly role: Role;
  readonly createdAtMs: number;
  /** Whoever adds him knows that the address is his. */
  readonly isEmailConfirmed: boolean;
}

const id = z.bigint().transform(Number);
const userRow = z.strictObject({
  id,
  email: z.string(),
  passwordHash: z.string().nullable(),
  accountId: id,
  role: z.enum(ROLES),
  createdAtMs: id,
  emailConfirmedAtMs: id.nullable(),
});
const columns = sql.fragment`
  id, email, password_hash as "passwordHash", account_id as "accountId", role, created_at_ms as "createdAtMs",
  email_confirmed_at_ms as "emailConfirmedAtMs"`;

/**
 * Adds a user together with the account that he trades with, or nothing.
 * @param onAdded called in the same transaction
 * @returns undefined when the address is taken
 */
export async function insertUser(
  pool: DatabasePool,
  user: NewUser,
  onAdded: (db: CommonQueryMethods, user: User) => Promise<unknown>,
): Promise<User | undefined> {
  try {
    return await pool.transaction(async (transaction) => {
      const { id: accountId } = await transaction.one(
        sql.type(z.strictObject({ id: z.bigint() }))`insert into accounts default values returning id`,
      );
      const added = await transaction.one(sql.type(userRow)`
        insert into users (email, password_hash, account_id, role, created_at_ms, email_confirmed_at_ms)
        values (${user.email}, ${user.passwordHash}, ${accountId}, ${user.role}, ${user.createdAtMs},
                ${user.isEmailConfirmed ? user.createdAtMs : null})
        returning ${columns}`);
      await onAdded(transaction, added);
      return added;
    });
  } catch (error) {
    if (error instanceof UniqueIntegrityConstraintViolationError) return undefined;
    throw error;
  }
}

/** Letter case does not matter. */
export async function findUserByEmail(db: CommonQueryMethods, email: string): Promise<User | undefined> {
  const user = await db.maybeOne(sql.type(userRow)`
    select ${columns} from users where lower(email) = lower(${email})`);
  return user ?? undefined;
}

export async function findUserById(db: CommonQueryMethods, userId: number): Promise<User | undefined> {
  const user = await db.maybeOne(sql.type(userRow)`select ${columns} from users where id = ${userId}`);
  return user ?? undefined;
}

/**
 * Replaces a password by another.
 * @param oldHash what it must still be; null: there is none
 * @returns false when it is another by now
 */
export async function replacePassword(
  db: CommonQueryMethods,
  userId: number,
  oldHash: string | null,
  newHash: string,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update users set password_hash = ${newHash}
    where id = ${userId} and password_hash is not distinct from ${oldHash}::text`);
  return rowCount === 1;
}

/** @returns false when it is confirmed already */
export async function confirmEmail(db: CommonQueryMethods, userId: number, nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update users set email_confirmed_at_ms = ${nowMs} where id = ${userId} and email_confirmed_at_ms is null`);
  return rowCount === 1;
}

/**
 * Replaces the password of somebody who has not shown that the address is his: whoever registers with it last has the same right
 * to it.
 * @returns false when it is confirmed
 */
export async function replaceUnconfirmedPassword(
  db: CommonQueryMethods,
  userId: number,
  newHash: string,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update users set password_hash = ${newHash} where id = ${userId} and email_confirmed_at_ms is null`);
  return rowCount === 1;
}

export async function setPassword(db: CommonQueryMethods, userId: number, newHash: string): Promise<void> {
  await db.query(sql.unsafe`update users set password_hash = ${newHash} where id = ${userId}`);
}
