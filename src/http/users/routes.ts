import type Router from '@koa/router';
import type { Context } from 'koa';
import { findPerson, listPeople } from '../../db/people.ts';
import type { AuditAction } from '../../domain/audit.ts';
import { sendFailure } from '../auth/failures.ts';
import { actorOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { audited } from '../middleware/audited.ts';
import { notOwnAccount } from '../middleware/not-own-account.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem, sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import type { ActingOperator } from './people.ts';
import { presentPerson } from './presenter.ts';
import {
  EndPersonSessions,
  FreezeOwn,
  FreezePerson,
  GetPerson,
  ListPeople,
  SetRole,
  UnfreezePerson,
} from './schema.ts';

export function userRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { exchange, authentication, people, pool } = gateway;
  const { operator } = authentication;
  const did = (action: AuditAction) => audited(gateway, action, (ctx) => ctx.state.input.params.userId);
  const another = notOwnAccount((ctx) => ({ userId: ctx.state.input.params.userId }));

  async function setFrozen(
    ctx: Context,
    accountId: number,
    { frozen, cancelOrders }: { readonly frozen: boolean; readonly cancelOrders?: 'client' | 'operator' },
  ): Promise<void> {
    const policy = await exchange.setAccountPolicy(accountId, { frozen });
    if (!policy.ok) return sendRefusal(ctx, policy.refusal);
    // Once the freeze is committed: of what is under way nothing can come behind the cancels.
    const cause = cancelOrders === 'operator' ? 'canceled_by_operator' : 'canceled_by_client';
    const canceled =
      cancelOrders === undefined ? undefined : await exchange.cancelAllOrders({ accountId, cause });
    if (canceled?.ok === false) return sendRefusal(ctx, canceled.refusal);
    ctx.body = { frozen: policy.value.frozen, canceled: canceled?.value ?? [] };
  }

  router.post(
    '/v1/me/freeze',
    authentication.session,
    validate(FreezeOwn),
    audited(gateway, 'account.frozen'),
    async (ctx) => {
      const { cancelOrders } = ctx.state.input.body;
      const { accountId } = ctx.state.claims;
      await setFrozen(ctx, accountId, { frozen: true, ...(cancelOrders ? { cancelOrders: 'client' } : {}) });
    },
  );

  router.get('/v1/admin/users', operator('users.read'), validate(ListPeople), async (ctx) => {
    const { email, limit, cursor: before } = ctx.state.input.query;
    const people = await listPeople(pool, { email, before, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(people, limit, ({ userId }) => userId);
    ctx.body = { items: rows.map(presentPerson), nextCursor };
  });

  router.get('/v1/admin/users/:userId', operator('users.read'), validate(GetPerson), async (ctx) => {
    const person = await people.find(ctx.state.input.params.userId);
    if (person === undefined) return sendProblem(ctx, 'not_found', NOBODY);
    ctx.body = person;
  });

  router.post(
    '/v1/admin/users/:userId/end-sessions',
    operator('sessions.end'),
    validate(EndPersonSessions),
    async (ctx) => {
      const { params, body } = ctx.state.input;
      const ended = await people.endSessions(actingOperator(ctx), params.userId, body.reason);
      if (ended === undefined) return sendProblem(ctx, 'not_found', NOBODY);
      ctx.body = { ended };
    },
  );

  router.post('/v1/admin/users/:userId/role', operator('roles.manage'), validate(SetRole), async (ctx) => {
    const { params, body } = ctx.state.input;
    const result = await people.setRole(actingOperator(ctx), params.userId, body);
    if (result === 'step_up_required') return sendFailure(ctx, result);
    if (result === 'not_admin') return sendProblem(ctx, 'forbidden', 'You are not an admin any more.');
    if (result !== 'done' && result !== 'unchanged') return sendProblem(ctx, result, ROLE_REFUSALS[result]);
    ctx.status = 204;
  });

  router.post(
    '/v1/admin/users/:userId/freeze',
    operator('accounts.freeze'),
    validate(FreezePerson),
    did('account.frozen'),
    another,
    async (ctx) => {
      const { params, body } = ctx.state.input;
      const person = await findPerson(pool, params.userId);
      if (person === undefined) return sendProblem(ctx, 'not_found', NOBODY);
      const cancel = body.cancelOrders ? ({ cancelOrders: 'operator' } as const) : {};
      await setFrozen(ctx, person.accountId, { frozen: true, ...cancel });
    },
  );

  router.post(
    '/v1/admin/users/:userId/unfreeze',
    operator('accounts.unfreeze'),
    validate(UnfreezePerson),
    did('account.unfrozen'),
    another,
    async (ctx) => {
      const person = await findPerson(pool, ctx.state.input.params.userId);
      if (person === undefined) return sendProblem(ctx, 'not_found', NOBODY);
      await setFrozen(ctx, person.accountId, { frozen: false });
    },
  );
}

const NOBODY = 'There is no such user.';
const ROLE_REFUSALS = {
  last_admin: 'There must be an admin left.',
  not_found: NOBODY,
  own_account: 'Another admin has to do this.',
} as const;

function actingOperator(ctx: Context): ActingOperator {
  const { userId, sessionId } = ctx.state.claims;
  const byCommandLine = ctx.state.byCommandLine === true;
  return { userId, sessionId, byCommandLine, actor: actorOf(ctx) };
}
