import type Router from '@koa/router';
import type { Context } from 'koa';
import { appendAudit } from '../../db/audit.ts';
import { findWithdrawalByNo, listWithdrawalEvents, listWithdrawals } from '../../db/withdrawals-read.ts';
import type { AuditAction } from '../../domain/audit.ts';
import type { Result } from '../../domain/rejection.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { isFailure, sendFailure } from '../auth/failures.ts';
import { forWithdrawalOf } from '../auth/second-factor.ts';
import { shownIn } from '../auth/shown-factor.ts';
import { actorOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem, sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import { presentLimits } from './limits.ts';
import { presentHistory, presentWithdrawal } from './presenter.ts';
import {
  CancelWithdrawal,
  ConfirmWithdrawal,
  GetWithdrawal,
  ListWithdrawals,
  RequestWithdrawal,
} from './schema.ts';

export function withdrawalRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, clock, exchange, factorCheck, pool, secondFactor, withdrawalRequests } = gateway;
  const mayRead = authentication.allow('read');

  router.post(
    '/v1/withdrawals',
    authentication.allow('withdraw'),
    validate(RequestWithdrawal),
    async (ctx) => {
      const { claims, input } = ctx.state;
      const isByKey = claims.scopes !== null;
      const asked = await withdrawalRequests.request(claims, input.body, isByKey);
      if (asked === 'no_second_factor')
        return sendProblem(ctx, asked, 'Set up a second factor first: withdrawals are confirmed with it.');
      if (!asked.ok) return sendRefusal(ctx, asked.refusal);
      const { withdrawal, repeated } = asked.value;
      await note(ctx, 'withdrawal.requested', withdrawal);
      // A key may name listed addresses only: to list one took the second factor.
      const isToConfirm = isByKey && withdrawal.status === 'requested';
      const confirmed = isToConfirm ? await confirm(ctx, withdrawal) : undefined;
      if (confirmed?.ok === false) return sendRefusal(ctx, confirmed.refusal);
      ctx.status = repeated ? 200 : 201;
      ctx.body = { withdrawal: presentWithdrawal(exchange, confirmed?.value ?? withdrawal) };
    },
  );

  router.post(
    '/v1/withdrawals/:withdrawalId/confirm/options',
    authentication.session,
    validate(GetWithdrawal),
    async (ctx) => {
      const own = await findOwn(ctx, ctx.state.input.params.withdrawalId);
      if (own === undefined) return;
      const result = await secondFactor.askForWithdrawal(ctx.state.claims, own.withdrawalNo);
      if (isFailure(result)) return sendFailure(ctx, result);
      ctx.body = result;
    },
  );

  router.post(
    '/v1/withdrawals/:withdrawalId/confirm',
    authentication.session,
    validate(ConfirmWithdrawal),
    async (ctx) => {
      const { claims, input } = ctx.state;
      const own = await findOwn(ctx, input.params.withdrawalId);
      if (own === undefined) return;
      if (own.status !== 'requested')
        return sendProblem(ctx, 'withdrawal_not_open', 'It was confirmed, or has ended.');
      const shown = await factorCheck.withFactor(
        shownIn(input.body),
        forWithdrawalOf(claims, own.withdrawalNo),
        actorOf(ctx),
        async () => ({ isShown: true }),
      );
      if (isFailure(shown)) return sendFailure(ctx, shown);
      const confirmed = await confirm(ctx, own);
      if (!confirmed.ok) return sendRefusal(ctx, confirmed.refusal);
      ctx.body = { withdrawal: presentWithdrawal(exchange, confirmed.value) };
    },
  );

  router.post(
    '/v1/withdrawals/:withdrawalId/cancel',
    authentication.session,
    validate(CancelWithdrawal),
    async (ctx) => {
      const own = await findOwn(ctx, ctx.state.input.params.withdrawalId);
      if (own === undefined) return;
      const canceled = await exchange.withdrawals.cancel(own.withdrawalNo, 'canceled_by_user');
      // What has ended is not with the desk any more.
      if (!canceled.ok && canceled.refusal.code === 'withdrawal_not_found')
        return sendProblem(ctx, 'withdrawal_not_open', 'It has ended.');
      if (!canceled.ok) return sendRefusal(ctx, canceled.refusal);
      await note(ctx, 'withdrawal.canceled', canceled.value);
      ctx.body = { withdrawal: presentWithdrawal(exchange, canceled.value) };
    },
  );

  router.get('/v1/withdrawals', mayRead, validate(ListWithdrawals), async (ctx) => {
    const { status: statuses, limit, cursor: before } = ctx.state.input.query;
    const { accountId } = ctx.state.claims;
    const found = await listWithdrawals(pool, { accountId, statuses, before, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(found, limit, ({ withdrawalNo }) => withdrawalNo);
    ctx.body = { items: rows.map((one) => presentWithdrawal(exchange, one)), nextCursor };
  });

  router.get('/v1/withdrawals/limits', mayRead, async (ctx) => {
    ctx.body = await presentLimits(pool, exchange, ctx.state.claims, clock.now());
  });

  router.get('/v1/withdrawals/:withdrawalId', mayRead, validate(GetWithdrawal), async (ctx) => {
    const own = await findOwn(ctx, ctx.state.input.params.withdrawalId);
    if (own === undefined) return;
    const history = presentHistory(await listWithdrawalEvents(pool, own.withdrawalNo), () => null);
    ctx.body = { withdrawal: presentWithdrawal(exchange, own), history };
  });

  async function findOwn(ctx: Context, withdrawalNo: number): Promise<Withdrawal | undefined> {
    const found = await findWithdrawalByNo(pool, withdrawalNo);
    if (found?.accountId === ctx.state.claims.accountId) return found;
    sendProblem(ctx, 'withdrawal_not_found', 'You have no such withdrawal.');
    return undefined;
  }

  async function confirm(ctx: Context, { withdrawalNo, userId }: Withdrawal): Promise<Result<Withdrawal>> {
    const confirmed = await exchange.withdrawals.confirm(
      withdrawalNo,
      await withdrawalRequests.heldUntilMs(userId),
    );
    if (confirmed.ok) await note(ctx, 'withdrawal.confirmed', confirmed.value);
    return confirmed;
  }

  async function note(
    ctx: Context,
    action: AuditAction,
    { withdrawalNo, userId }: Withdrawal,
  ): Promise<void> {
    const event = { action, outcome: 'done', actor: actorOf(ctx), userId, detail: { withdrawalNo } } as const;
    await appendAudit(pool, event, clock.now());
  }
}
