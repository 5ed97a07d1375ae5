import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import { ROLES } from '../domain/roles.ts';

const whole = z.bigint().transform(Number);
const personRow = z.strictObject({
  userId: whole,
  email: z.string(),
  role: z.enum(ROLES),
  accountId: whole,
  frozen: z.boolean(),
  createdAtMs: whole,
});
/** A user as operators see him. */
export type Person = z.output<typeof personRow>;
const columns = sql.fragment`
  u.id as "userId", u.email, u.role, u.account_id as "accountId", a.frozen, u.created_at_ms as "createdAtMs"`;

export interface PersonFilter {
  /** How the address begins; letter case does not matter. */
  readonly email?: string | undefined;
  /** Only users with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export function listPeople(db: CommonQueryMethods, filter: PersonFilter): Promise<readonly Person[]> {
  const { email, before = Number.MAX_SAFE_INTEGER, limit } = filter;
  const ofAddress =
    email === undefined
      ? sql.fragment`true`
      : sql.fragment`lower(u.email) like ${`${email.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`}`;
  return db.any(sql.type(personRow)`
    select ${columns} from users u join accounts a on a.id = u.account_id
    where u.id < ${before} and ${ofAddress} order by u.id desc limit ${limit}`);
}

export async function findPerson(db: CommonQueryMethods, userId: number): Promise<Person | undefined> {
  const person = await db.maybeOne(sql.type(personRow)`
    select ${columns} from users u join accounts a on a.id = u.account_id where u.id = ${userId}`);
  return person ?? undefined;
}

/** By number, of those who are there. */
export async function findPeople(
  db: CommonQueryMethods,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, Person>> {
  const people = await db.any(sql.type(personRow)`
    select ${columns} from users u join accounts a on a.id = u.account_id
    where u.id = any(${sql.array([...userIds], 'int8')})`);
  return new Map(people.map((person) => [person.userId, person]));
}
