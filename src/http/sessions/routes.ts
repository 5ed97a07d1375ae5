import type Router from '@koa/router';
import { listSessions } from '../../db/sessions.ts';
import { findUserById } from '../../db/users.ts';
import { limitAttempts } from '../auth/attempts.ts';
import { sendFailure } from '../auth/failures.ts';
import { presentTokenPair } from '../auth/presenter.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { refuseWeak } from '../passwords/refuse-weak.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { presentSession } from './presenter.ts';
import { ChangePassword, EndSession } from './schema.ts';

export function sessionRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, signIn, pool, clock } = gateway;
  const limitGuesses = limitAttempts(gateway, 'change_password', (ctx) => String(ctx.state.claims.userId));

  const refuseWeakPassword = refuseWeak(gateway.passwordPolicy, async (ctx) => ({
    password: ctx.state.input.body.newPassword,
    email: (await findUserById(pool, ctx.state.claims.userId))?.email ?? '',
  }));

  router.get('/v1/sessions', authentication.session, async (ctx) => {
    const { userId, sessionId } = ctx.state.claims;
    const sessions = await listSessions(pool, userId, clock.now());
    ctx.body = {
      items: sessions.map((session) => ({ ...presentSession(session), isCurrent: session.id === sessionId })),
    };
  });

  router.delete('/v1/sessions/:sessionId', authentication.session, validate(EndSession), async (ctx) => {
    const only = ctx.state.input.params.sessionId;
    const ended = await signIn.endOwnSessions(ctx.state.claims, { only }, callerOf(ctx));
    // Somebody else's is answered like one that never was.
    if (ended === 0) return sendProblem(ctx, 'not_found', 'You have no such session.');
    ctx.status = 204;
  });

  router.delete('/v1/sessions', authentication.session, async (ctx) => {
    ctx.body = { ended: await signIn.endOwnSessions(ctx.state.claims, {}, callerOf(ctx)) };
  });

  router.post(
    '/v1/me/password',
    authentication.session,
    validate(ChangePassword),
    limitGuesses,
    refuseWeakPassword,
    async (ctx) => {
      const { currentPassword: current, newPassword: next } = ctx.state.input.body;
      const result = await signIn.changePassword(ctx.state.claims, { current, next }, callerOf(ctx));
      if (typeof result === 'string') return sendFailure(ctx, result);
      ctx.body = presentTokenPair(result);
    },
  );
}
