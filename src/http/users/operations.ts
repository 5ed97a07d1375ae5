import type { Operations } from '../openapi/operation.ts';
import { SessionsEnded } from '../sessions/schema.ts';
import {
  EndPersonSessions,
  FreezeOwn,
  FreezePerson,
  Frozen,
  GetPerson,
  ListPeople,
  PersonInFull,
  PersonPage,
  SetRole,
  UnfreezePerson,
} from './schema.ts';

const ACCOUNT = [
  'account_not_found',
  'account_unavailable',
  'exchange_overloaded',
  'exchange_stopped',
  'market_restarting',
  'outcome_unknown',
] as const;

const FREEZE =
  'New orders, lists and replacements, and amends that do more than lower a quantity, are refused with `account_frozen`. Cancels ' +
  'work and deposits arrive; what rests and waits goes on as it stands unless `cancelOrders` is given. No API key can be added. ' +
  'To ask again does no harm: after `outcome_unknown`, do.';

export const userOperations = {
  'POST /v1/me/freeze': {
    tag: 'account',
    summary: 'Freeze my account',
    description: `For who fears that somebody else is in. Only an operator can end it. ${FREEZE}`,
    access: 'customer',
    request: FreezeOwn,
    replies: { 200: { schema: Frozen, description: 'No order that comes later gets in.' } },
    problems: [...ACCOUNT],
  },
  'GET /v1/admin/users': {
    tag: 'operators',
    summary: 'Users',
    access: 'operator',
    permission: 'users.read',
    request: ListPeople,
    replies: { 200: { schema: PersonPage, description: 'The newest first.' } },
    problems: [],
  },
  'GET /v1/admin/users/:userId': {
    tag: 'operators',
    summary: 'A user with sessions, keys and withdrawal holds',
    access: 'operator',
    permission: 'users.read',
    request: GetPerson,
    replies: { 200: { schema: PersonInFull, description: 'As of now; no secrets.' } },
    problems: ['not_found'],
  },
  'POST /v1/admin/users/:userId/end-sessions': {
    tag: 'operators',
    summary: 'End all sessions of a user',
    description: 'Their tokens are refused and their WebSockets closed, in every process within a second.',
    access: 'operator',
    permission: 'sessions.end',
    request: EndPersonSessions,
    replies: { 200: { schema: SessionsEnded, description: 'None is left.' } },
    problems: ['not_found'],
  },
  'POST /v1/admin/users/:userId/role': {
    tag: 'operators',
    summary: 'Give a user another role',
    description:
      'Takes a second factor shown in the last ten minutes. Ends all sessions of the user. There is always an admin left.',
    access: 'operator',
    permission: 'roles.manage',
    request: SetRole,
    replies: { 204: { description: 'He has it.' } },
    problems: ['last_admin', 'not_found', 'own_account', 'step_up_required'],
  },
  'POST /v1/admin/users/:userId/freeze': {
    tag: 'operators',
    summary: 'Freeze the account of a user',
    description: FREEZE,
    access: 'operator',
    permission: 'accounts.freeze',
    request: FreezePerson,
    replies: { 200: { schema: Frozen, description: 'No order that comes later gets in.' } },
    problems: ['not_found', 'own_account', ...ACCOUNT],
  },
  'POST /v1/admin/users/:userId/unfreeze': {
    tag: 'operators',
    summary: 'End the freeze of an account',
    access: 'operator',
    permission: 'accounts.unfreeze',
    request: UnfreezePerson,
    replies: { 200: { schema: Frozen, description: 'Orders are taken again.' } },
    problems: ['not_found', 'own_account', ...ACCOUNT],
  },
} satisfies Operations;
