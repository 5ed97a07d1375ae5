import { z } from 'zod';
import { WITHDRAWAL_HOLD_REASONS } from '../../db/withdrawal-holds.ts';
import { ROLES } from '../../domain/roles.ts';
import { ApiKey } from '../keys/schema.ts';
import { Session } from '../sessions/schema.ts';
import { accountIdText, cursor, limit, page, userIdText } from '../wire.ts';

const person = {
  userId: userIdText,
  email: z.string(),
  role: z.enum(ROLES),
  accountId: accountIdText,
  frozen: z.boolean().meta({ description: 'Whether the account is frozen.' }),
  createdAt: z.iso.datetime(),
};
export const Person = z.strictObject(person).meta({ id: 'Person' });
export const PersonPage = page(Person).meta({ id: 'PersonPage' });

const WithdrawalHold = z
  .strictObject({
    reason: z.enum(WITHDRAWAL_HOLD_REASONS),
    beginsAt: z.iso.datetime(),
    until: z.iso.datetime(),
  })
  .meta({ id: 'WithdrawalHold', description: 'While it lasts, nothing is withdrawn.' });

export const PersonInFull = z
  .strictObject({
    ...person,
    hasSecondFactor: z.boolean(),
    sessions: z.array(Session.omit({ isCurrent: true }).meta({ id: 'PersonSession' })).readonly(),
    apiKeys: z.array(ApiKey).readonly(),
    withdrawalHolds: z.array(WithdrawalHold).readonly(),
  })
  .meta({ id: 'PersonInFull' });

const params = z.strictObject({ userId: userIdText.transform(Number) });
const reason = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .meta({ description: 'Why, for the audit log; its owner is not told.', example: 'asked for by phone' });
const cancelOrders = z
  .boolean()
  .default(false)
  .meta({ description: 'Cancel all open orders too; without it they stay as they stand.' });

export const ListPeople = {
  query: z.strictObject({
    email: z.string().min(1).max(254).optional().meta({
      description: 'How the address begins; letter case does not matter.',
      example: 'ada@',
    }),
    limit: limit(500, 100),
    cursor,
  }),
};
export const GetPerson = { params };
export const EndPersonSessions = {
  params,
  body: z.strictObject({ reason }).meta({ id: 'EndPersonSessions' }),
};
export const SetRole = {
  params,
  body: z
    .strictObject({ role: z.enum(ROLES), reason: reason.optional() })
    .meta({ id: 'SetRole', example: { role: 'support' } }),
};
export const FreezePerson = {
  params,
  body: z
    .strictObject({ reason, cancelOrders })
    .meta({ id: 'FreezePerson', example: { reason: 'reported stolen', cancelOrders: true } }),
};
export const UnfreezePerson = {
  params,
  body: z.strictObject({ reason }).meta({ id: 'UnfreezePerson' }),
};
export const FreezeOwn = {
  body: z.strictObject({ cancelOrders }).meta({ id: 'FreezeOwn', example: { cancelOrders: true } }),
};

export const Frozen = z
  .strictObject({
    frozen: z.boolean(),
    canceled: z.array(z.string()).readonly().meta({ description: 'Ids of the orders that were canceled.' }),
  })
  .meta({ id: 'Frozen' });
