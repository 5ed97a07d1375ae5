import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import { ROLES, type Role } from '../domain/roles.ts';

const operatorRow = z.strictObject({
  userId: z.bigint().transform(Number),
  accountId: z.bigint().transform(Number),
  email: z.string(),
  role: z.enum(ROLES),
});

/** A user with the role of an operator. */
export type OperatorUser = z.output<typeof operatorRow>;

/** The operator with this address, whatever his role; without one, the first admin. */
export async function findOperator(
  db: CommonQueryMethods,
  email: string | undefined,
): Promise<OperatorUser | undefined> {
  const which =
    email === undefined ? sql.fragment`role = 'admin'` : sql.fragment`lower(email) = lower(${email})`;
  const operator = await db.maybeOne(sql.type(operatorRow)`
    select id as "userId", account_id as "accountId", email, role from users
    where role <> 'customer' and ${which} order by id limit 1`);
  return operator ?? undefined;
}

/** Operators show a second factor that often at least, however long their session lasts. */
export const OPERATOR_FACTOR_MS = 12 * 60 * 60 * 1000;

const standingRow = z.strictObject({
  role: z.enum(ROLES),
  showedFactor: z.boolean(),
  byCommandLine: z.boolean(),
});
/** What somebody may be let in with, as it is now: a token may be older than his role. */
export type Standing = z.output<typeof standingRow>;

/** undefined: the session is over. */
export async function findStanding(
  db: CommonQueryMethods,
  { userId, sessionId }: { readonly userId: number; readonly sessionId: string },
  nowMs: number,
): Promise<Standing | undefined> {
  const standing = await db.maybeOne(sql.type(standingRow)`
    select u.role, coalesce(s.verified_at_ms > ${nowMs - OPERATOR_FACTOR_MS}, false) as "showedFactor",
           s.by_command_line as "byCommandLine"
    from sessions s join users u on u.id = s.user_id
    where s.id = ${sessionId} and u.id = ${userId} and s.ended_at_ms is null and s.expires_at_ms > ${nowMs}`);
  return standing ?? undefined;
}

export type RoleRefusal = 'unchanged' | 'not_found' | 'last_admin' | 'not_admin';

/**
 * Gives a user another role. Changes take turns, so that of two admins who take each other's role one comes too late, and the
 * last one stays.
 * @param by the admin who does it; null for the command line
 */
export async function changeRole(
  db: CommonQueryMethods,
  userId: number,
  role: Role,
  by: number | null,
): Promise<{ readonly before: Role } | RoleRefusal> {
  const involved = await db.any(sql.type(
    z.strictObject({ id: z.bigint().transform(Number), role: z.enum(ROLES) }),
  )`
    select id, role from users where role = 'admin' or id = ${userId} order by id for update`);
  const admins = involved.filter((user) => user.role === 'admin');
  const user = involved.find(({ id }) => id === userId);
  if (by !== null && !admins.some(({ id }) => id === by)) return 'not_admin';
  if (user === undefined) return 'not_found';
  if (user.role === role) return 'unchanged';
  if (user.role === 'admin' && admins.length === 1) return 'last_admin';
  await db.query(sql.unsafe`update users set role = ${role} where id = ${userId}`);
  return { before: user.role };
}
