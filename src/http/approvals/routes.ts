import type Router from '@koa/router';
import type { Context } from 'koa';
import { listApproverKeys } from '../../db/approver-keys.ts';
import { findPeople, findPerson } from '../../db/people.ts';
import {
  findWithdrawalByNo,
  listWithdrawalEvents,
  listWithdrawals,
  summarizeAccount,
} from '../../db/withdrawals-read.ts';
import type { AuditAction } from '../../domain/audit.ts';
import type { Result } from '../../domain/rejection.ts';
import { isAllowed } from '../../domain/roles.ts';
import { isoTime } from '../../domain/views.ts';
import type { Decision } from '../../domain/withdrawals/approval-payload.ts';
import type { DeskState } from '../../domain/withdrawals/desk-state.ts';
import type { Approval, Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { isFailure, sendFailure } from '../auth/failures.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { audited } from '../middleware/audited.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem, sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import { presentHistory } from '../withdrawals/presenter.ts';
import { presentDesk, presentForOperator, presentPause } from './presenter.ts';
import {
  AddApproverKey,
  ApproveWithdrawal,
  AskForApproval,
  GetAdminWithdrawal,
  ListAdminWithdrawals,
  PauseWithdrawals,
  RejectWithdrawal,
  RemoveApproverKey,
  ResumeWithdrawals,
  ReviseWithdrawal,
  SetWithdrawalPolicy,
} from './schema.ts';

export function approvalRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { approvals, approverKeys, authentication, exchange, pool } = gateway;
  const { operator } = authentication;
  const did = (action: AuditAction) => audited(gateway, action);
  const mayApprove = operator('withdrawals.approve');
  const mayRead = operator('withdrawals.read');

  router.get('/v1/admin/withdrawals', mayRead, validate(ListAdminWithdrawals), async (ctx) => {
    const { status: statuses, limit, cursor: before } = ctx.state.input.query;
    const found = await listWithdrawals(pool, { statuses, before, limit: limit + 1 });
    const { rows, nextCursor } = cutPage(found, limit, ({ withdrawalNo }) => withdrawalNo);
    ctx.body = {
      items: await present(ctx, rows),
      nextCursor,
      paused: presentPause(exchange.withdrawals.state()),
    };
  });

  router.post(
    '/v1/admin/withdrawals/pause',
    operator('withdrawals.pause'),
    validate(PauseWithdrawals),
    did('operator.pause_withdrawals'),
    async (ctx) => sendState(ctx, await exchange.withdrawals.pause(ctx.state.input.body.reason)),
  );

  router.post(
    '/v1/admin/withdrawals/resume',
    operator('withdrawals.pause'),
    validate(ResumeWithdrawals),
    did('operator.resume_withdrawals'),
    async (ctx) => sendState(ctx, await exchange.withdrawals.resume()),
  );

  router.get('/v1/admin/withdrawal-policy', mayRead, (ctx) => {
    ctx.body = presentDesk(exchange.withdrawals.state());
  });

  router.put(
    '/v1/admin/withdrawal-policy',
    operator('withdrawals.manage'),
    validate(SetWithdrawalPolicy),
    did('operator.set_withdrawal_policy'),
    async (ctx) => sendState(ctx, await exchange.withdrawals.setPolicy(ctx.state.input.body)),
  );

  router.get('/v1/admin/withdrawals/:withdrawalId', mayRead, validate(GetAdminWithdrawal), async (ctx) => {
    const withdrawal = await find(ctx);
    if (withdrawal === undefined) return;
    const events = await listWithdrawalEvents(pool, withdrawal.withdrawalNo);
    const actors = events.flatMap(({ detail }) =>
      'userId' in detail && detail.userId !== null ? [detail.userId] : [],
    );
    const people = await findPeople(pool, actors);
    const past = await summarizeAccount(pool, withdrawal.accountId);
    const approve = approvals.subject(withdrawal, 'approve');
    const reject = approvals.subject(withdrawal, 'reject');
    const time = (atMs: number | null) => (atMs === null ? null : isoTime(atMs));
    ctx.body = {
      withdrawal: (await present(ctx, [withdrawal]))[0],
      payload: approve.payload,
      payloadHash: approve.hash,
      rejectPayload: reject.payload,
      rejectPayloadHash: reject.hash,
      history: presentHistory(events, (userId) => people.get(userId)?.email ?? String(userId)),
      accountHistory: {
        withdrawals: past.withdrawals,
        deposits: past.deposits,
        firstDepositAt: time(past.firstDepositAtMs),
        registeredAt: time(past.createdAtMs),
      },
    };
  });

  router.post(
    '/v1/admin/withdrawals/:withdrawalId/approval-options',
    mayApprove,
    validate(AskForApproval),
    async (ctx) => {
      const withdrawal = await find(ctx);
      if (withdrawal === undefined) return;
      const { decision } = ctx.state.input.body;
      const options = await approvals.options(withdrawal, decision, ctx.state.claims.userId);
      if (options === 'no_passkey') return sendFailure(ctx, options);
      ctx.body = options;
    },
  );

  router.post(
    '/v1/admin/withdrawals/:withdrawalId/approve',
    mayApprove,
    validate(ApproveWithdrawal),
    did('operator.approve_withdrawal'),
    async (ctx) => {
      const signed = await verified(ctx, 'approve');
      if (signed === undefined) return;
      await sendOne(ctx, await exchange.withdrawals.approve(signed.withdrawal.withdrawalNo, signed.approval));
    },
  );

  router.post(
    '/v1/admin/withdrawals/:withdrawalId/reject',
    mayApprove,
    validate(RejectWithdrawal),
    did('operator.reject_withdrawal'),
    async (ctx) => {
      const signed = await verified(ctx, 'reject');
      if (signed === undefined) return;
      const { withdrawal, approval } = signed;
      if (withdrawal.userId === approval.userId)
        return sendProblem(
          ctx,
          'approver_not_allowed',
          'Nobody decides on what he asked for; he may cancel it.',
        );
      await sendOne(
        ctx,
        await exchange.withdrawals.reject(withdrawal.withdrawalNo, ctx.state.input.body.reason, approval),
      );
    },
  );

  router.post(
    '/v1/admin/withdrawals/:withdrawalId/revise',
    operator('withdrawals.manage'),
    validate(ReviseWithdrawal),
    did('operator.revise_withdrawal'),
    async (ctx) => {
      const withdrawal = await find(ctx);
      if (withdrawal === undefined) return;
      const { userId } = ctx.state.claims;
      if (withdrawal.userId === userId)
        return sendProblem(ctx, 'own_account', 'Nobody does this for himself: another operator has to.');
      const { note, expiresAt, rule } = ctx.state.input.body;
      const revision = {
        userId,
        note,
        ...(rule === undefined ? {} : { rule }),
        ...(expiresAt === undefined ? {} : { expiresAtMs: Date.parse(expiresAt) }),
      };
      await sendOne(ctx, await exchange.withdrawals.revise(withdrawal.withdrawalNo, revision));
    },
  );

  router.get('/v1/admin/approver-keys', mayApprove, async (ctx) => {
    ctx.body = { items: (await listApproverKeys(pool, ctx.state.claims.userId)).map(presentKey) };
  });

  router.post('/v1/admin/approver-keys', mayApprove, validate(AddApproverKey), async (ctx) => {
    const added = await approverKeys.add(ctx.state.claims, ctx.state.input.body, callerOf(ctx));
    if (added === 'approver_key_exists') return sendProblem(ctx, added, 'Somebody has, or had, this key.');
    if (added === 'invalid_signature')
      return sendProblem(ctx, added, 'The proof is not a signature of this key.');
    if (isFailure(added)) return sendFailure(ctx, added);
    ctx.status = 201;
    ctx.body = presentKey(added);
  });

  router.delete(
    '/v1/admin/approver-keys/:approverKeyId',
    mayApprove,
    validate(RemoveApproverKey),
    async (ctx) => {
      const { approverKeyId } = ctx.state.input.params;
      const removed = await approverKeys.remove(ctx.state.claims, approverKeyId, callerOf(ctx));
      if (removed === 'not_found') return sendProblem(ctx, removed, 'You have no such key.');
      if (removed === 'step_up_required') return sendFailure(ctx, removed);
      ctx.status = 204;
    },
  );

  /** The withdrawal of the request and the approval that is in it; undefined: it was refused. */
  async function verified(
    ctx: Context,
    decision: Decision,
  ): Promise<{ readonly withdrawal: Withdrawal; readonly approval: Approval } | undefined> {
    const withdrawal = await find(ctx);
    if (withdrawal === undefined) return undefined;
    const { payloadHash, passkey, signature } = ctx.state.input.body;
    if (approvals.subject(withdrawal, decision).hash !== payloadHash) {
      sendProblem(ctx, 'approval_mismatch', 'The withdrawal has changed since you looked at it.');
      return undefined;
    }
    const person = await findPerson(pool, ctx.state.claims.userId);
    const approval = await approvals.verify(
      withdrawal,
      decision,
      { userId: person!.userId, role: person!.role },
      passkey === undefined ? { signature } : { passkey },
    );
    if (typeof approval !== 'string') return { withdrawal, approval };
    sendProblem(ctx, approval, 'It is not a signature of yours over this payload.');
    return undefined;
  }

  async function find(ctx: Context): Promise<Withdrawal | undefined> {
    const withdrawal = await findWithdrawalByNo(pool, ctx.state.input.params.withdrawalId);
    if (withdrawal === undefined) sendProblem(ctx, 'withdrawal_not_found', 'There is no such withdrawal.');
    return withdrawal;
  }

  async function present(ctx: Context, rows: readonly Withdrawal[]) {
    const { userId } = ctx.state.claims;
    const involved = rows.flatMap((one) => [one.userId, ...one.approvals.map((approval) => approval.userId)]);
    const people = await findPeople(pool, [...involved, userId]);
    const role = people.get(userId)?.role ?? 'customer';
    const me = { userId, mayApprove: isAllowed(role, 'withdrawals.approve') };
    return rows.map((one) => presentForOperator(exchange, one, people, me));
  }

  async function sendOne(ctx: Context, result: Result<Withdrawal>): Promise<void> {
    // What has ended is not with the desk any more.
    if (!result.ok && result.refusal.code === 'withdrawal_not_found')
      return sendProblem(ctx, 'withdrawal_not_open', 'It has ended.');
    if (!result.ok) return sendRefusal(ctx, result.refusal);
    ctx.body = { withdrawal: (await present(ctx, [result.value]))[0] };
  }

  function sendState(ctx: Context, result: Result<DeskState>): void {
    if (!result.ok) return sendRefusal(ctx, result.refusal);
    ctx.body = presentDesk(result.value);
  }
}

function presentKey({
  id,
  name,
  publicKey,
  addedAtMs,
}: {
  readonly id: string;
  readonly name: string;
  readonly publicKey: Buffer;
  readonly addedAtMs: number;
}) {
  return { id, name, publicKey: publicKey.toString('base64url'), createdAt: isoTime(addedAtMs) };
}
