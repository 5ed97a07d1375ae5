import type { z } from 'zod';
import type { ApiKey } from '../../db/api-keys.ts';
import type { Person } from '../../db/people.ts';
import type { LiveSession } from '../../db/sessions.ts';
import type { WithdrawalHold } from '../../db/withdrawal-holds.ts';
import { isoTime } from '../../domain/views.ts';
import { presentKey } from '../keys/presenter.ts';
import { presentSession } from '../sessions/presenter.ts';
import type * as schema from './schema.ts';

export type PersonInFull = z.output<typeof schema.PersonInFull>;

export function presentPerson(person: Person): z.output<typeof schema.Person> {
  const { userId, email, role, accountId, frozen, createdAtMs } = person;
  return {
    userId: String(userId),
    email,
    role,
    accountId: String(accountId),
    frozen,
    createdAt: isoTime(createdAtMs),
  };
}

export function presentPersonInFull(
  person: Person,
  more: {
    readonly hasSecondFactor: boolean;
    readonly sessions: readonly LiveSession[];
    readonly keys: readonly ApiKey[];
    readonly holds: readonly WithdrawalHold[];
  },
): PersonInFull {
  return {
    ...presentPerson(person),
    hasSecondFactor: more.hasSecondFactor,
    sessions: more.sessions.map(presentSession),
    apiKeys: more.keys.map(presentKey),
    withdrawalHolds: more.holds.map(({ reason, beginsAtMs, untilMs }) => ({
      reason,
      beginsAt: isoTime(beginsAtMs),
      until: isoTime(untilMs),
    })),
  };
}
