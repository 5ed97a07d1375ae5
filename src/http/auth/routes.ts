import type Router from '@koa/router';
import type { Context } from 'koa';
import { findFactors } from '../../db/factors.ts';
import { hasSignedInFrom } from '../../db/sessions.ts';
import { findUserById } from '../../db/users.ts';
import { findWithdrawalObstacles } from '../../db/withdrawal-holds.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { refuseWeak } from '../passwords/refuse-weak.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { answerSignIn } from './answer-sign-in.ts';
import { limitAttempts } from './attempts.ts';
import { sendFailure } from './failures.ts';
import { presentMe, presentTokenPair } from './presenter.ts';
import { LogIn, Refresh, Register } from './schema.ts';

export function authRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, registration, signIn, pool, clock } = gateway;
  // Separate counts: who registered a moment ago may sign in.
  const limitRegistrations = limitAttempts(gateway, 'register', emailOf);
  const refuseWeakPassword = refuseWeak(gateway.passwordPolicy, (ctx) => ctx.state.input.body);
  const limitLogIns = limitAttempts(gateway, 'log_in', emailOf, (ctx) =>
    hasSignedInFrom(pool, emailOf(ctx), ctx.ip),
  );

  router.post(
    '/v1/auth/register',
    validate(Register),
    limitRegistrations,
    refuseWeakPassword,
    async (ctx) => {
      const { email, password } = ctx.state.input.body;
      const result = await registration.register({ email, password }, callerOf(ctx));
      if (result !== 'done') return sendFailure(ctx, result);
      // A taken address gets the same answer: who is a customer is nobody else's business.
      ctx.status = 202;
      ctx.body = { email };
    },
  );

  router.post('/v1/auth/login', validate(LogIn), limitLogIns, async (ctx) => {
    const { email, password } = ctx.state.input.body;
    const result = await signIn.logIn(email, password, callerOf(ctx));
    if (typeof result === 'string')
      return sendFailure(ctx, result, result === 'invalid_credentials' ? WRONG : undefined);
    answerSignIn(ctx, result);
  });

  router.post('/v1/auth/refresh', validate(Refresh), async (ctx) => {
    const result = await signIn.refresh(ctx.state.input.body.refreshToken, callerOf(ctx));
    if (typeof result === 'string') return sendFailure(ctx, result);
    ctx.body = presentTokenPair(result);
  });

  router.post('/v1/auth/logout', authentication.session, async (ctx) => {
    await signIn.logOut(ctx.state.claims, callerOf(ctx));
    ctx.status = 204;
  });

  router.get('/v1/me', authentication.session, async (ctx) => {
    const user = await findUserById(pool, ctx.state.claims.userId);
    if (user === undefined) return sendProblem(ctx, 'not_found', 'The user is gone.');
    const factors = await findFactors(pool, user.id);
    ctx.body = presentMe(user, factors, await findWithdrawalObstacles(pool, user.id, clock.now()));
  });
}

const emailOf = (ctx: Context): string => ctx.state.input.body.email;

const WRONG = 'The e-mail address or the password is wrong.';
