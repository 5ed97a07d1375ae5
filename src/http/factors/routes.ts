import type Router from '@koa/router';
import { limitAttempts } from '../auth/attempts.ts';
import { isFailure, sendFailure } from '../auth/failures.ts';
import { presentTokenPair } from '../auth/presenter.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import type { RequestState } from '../state.ts';
import { BeginTotp, ConfirmTotp, FinishSignIn, RemoveTotp, StepUp } from './schema.ts';

export function factorRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, secondFactor } = gateway;
  const limitGuesses = limitAttempts(gateway, 'factors', (ctx) => String(ctx.state.claims.userId));

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
