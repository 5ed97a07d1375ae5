import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const operatorRow = z.strictObject({
  userId: z.bigint().transform(Number),
  accountId: z.bigint().transform(Number),
  email: z.string(),
});

/** A user with the role operator. */
export type OperatorUser = z.output<typeof operatorRow>;

/** The operator with this address; without one, whoever became operator first. */
export async function findOperator(
  db: CommonQueryMethods,
  email: string | undefined,
): Promise<OperatorUser | undefined> {
  const operator = await db.maybeOne(sql.type(operatorRow)`
    select id as "userId", account_id as "accountId", email from users
    where role = 'operator' and (${email ?? null}::text is null or lower(email) = lower(${email ?? null}))
    order by id limit 1`);
  return operator ?? undefined;
}
