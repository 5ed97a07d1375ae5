import type Router from '@koa/router';
import type { Context } from 'koa';
import { limitAttempts } from '../auth/attempts.ts';
import { presentTokenPair } from '../auth/presenter.ts';
import type { FactorFailure } from '../auth/second-factor.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { BeginTotp, ConfirmTotp, FinishSignIn, RemoveTotp, StepUp } from './schema.ts';

export function factorRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, secondFactor } = gateway;
  const limitGuesses = limitAttempts(gateway.attemptLimits, (ctx) => String(ctx.state.claims.userId));

  router.post('/v1/auth/second-factor', validate(FinishSignIn), async (ctx) => {
    const { challenge, code } = ctx.state.input.body;
    const result = await secondFactor.finishSignIn(challenge, code, callerOf(ctx));
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.body = presentTokenPair(result);
  });

  router.post('/v1/auth/step-up', authentication.session, validate(StepUp), async (ctx) => {
    const result = await secondFactor.stepUp(ctx.state.claims, ctx.state.input.body.code, callerOf(ctx));
    if (result !== 'done') return sendFailure(ctx, result);
    ctx.status = 204;
  });

  router.post('/v1/me/totp', authentication.session, validate(BeginTotp), limitGuesses, async (ctx) => {
    const result = await secondFactor.begin(ctx.state.claims, ctx.state.input.body.password);
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.status = 201;
    ctx.body = result;
  });

  router.post('/v1/me/totp/confirm', authentication.session, validate(ConfirmTotp), async (ctx) => {
    const result = await secondFactor.confirm(ctx.state.claims, ctx.state.input.body.code, callerOf(ctx));
    if (isFailure(result)) return sendFailure(ctx, result);
    const { recoveryCodes, signedIn } = result;
    ctx.body = { recoveryCodes, session: presentTokenPair(signedIn) };
  });

  router.post(
    '/v1/me/totp/remove',
    authentication.session,
    validate(RemoveTotp),
    limitGuesses,
    async (ctx) => {
      const result = await secondFactor.remove(ctx.state.claims, ctx.state.input.body, callerOf(ctx));
      if (isFailure(result)) return sendFailure(ctx, result);
      ctx.body = presentTokenPair(result);
    },
  );

  router.post('/v1/me/recovery-codes', authentication.session, validate(StepUp), async (ctx) => {
    const { code } = ctx.state.input.body;
    const result = await secondFactor.replaceRecoveryCodes(ctx.state.claims, code, callerOf(ctx));
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.body = { recoveryCodes: result };
  });
}

function isFailure<Done extends object>(result: Done | FactorFailure): result is FactorFailure {
  return typeof result === 'string' || 'retryAfterSeconds' in result;
}

const DETAILS = Object.freeze({
  invalid_challenge: 'The challenge is unknown, used or expired: sign in again.',
  invalid_code: 'The code is wrong or was used.',
  invalid_credentials: 'The password is wrong.',
  no_second_factor: 'There is no second factor to confirm.',
  second_factor_exists: 'There is a second factor already.',
  sign_in_busy: 'Too many people are signing in at once: try again.',
}) satisfies Record<Extract<FactorFailure, string>, string>;

function sendFailure(ctx: Context, failure: FactorFailure): void {
  if (typeof failure === 'string') sendProblem(ctx, failure, DETAILS[failure]);
  else sendProblem(ctx, 'too_many_requests', 'Too many wrong codes: wait and try again.', failure);
}
