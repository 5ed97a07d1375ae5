import type Router from '@koa/router';
import { limitAttempts } from '../auth/attempts.ts';
import { isFailure, sendFailure } from '../auth/failures.ts';
import { presentTokenPair } from '../auth/presenter.ts';
import { shownIn } from '../auth/shown-factor.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import type { RequestState } from '../state.ts';
import { AskForSignIn, BeginTotp, ConfirmTotp, FinishSignIn, RemoveTotp, StepUp } from './schema.ts';

export function factorRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, secondFactor, totp } = gateway;
  const limitGuesses = limitAttempts(gateway, 'factors', (ctx) => String(ctx.state.claims.userId));

  router.post('/v1/auth/second-factor', validate(FinishSignIn), async (ctx) => {
    const { challenge, ...given } = ctx.state.input.body;
    const result = await secondFactor.finishSignIn(challenge, shownIn(given), callerOf(ctx));
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.body = presentTokenPair(result);
  });

  router.post('/v1/auth/second-factor/options', validate(AskForSignIn), async (ctx) => {
    const result = await secondFactor.askForSignIn(ctx.state.input.body.challenge);
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.body = result;
  });

  router.post('/v1/auth/step-up/options', authentication.session, async (ctx) => {
    const result = await secondFactor.askInSession(ctx.state.claims);
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.body = result;
  });

  router.post('/v1/auth/step-up', authentication.session, validate(StepUp), async (ctx) => {
    const result = await secondFactor.stepUp(ctx.state.claims, shownIn(ctx.state.input.body), callerOf(ctx));
    if (result !== 'done') return sendFailure(ctx, result);
    ctx.status = 204;
  });

  router.post('/v1/me/totp', authentication.session, validate(BeginTotp), limitGuesses, async (ctx) => {
    const result = await totp.begin(ctx.state.claims, ctx.state.input.body.password);
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.status = 201;
    ctx.body = result;
  });

  router.post('/v1/me/totp/confirm', authentication.session, validate(ConfirmTotp), async (ctx) => {
    const result = await totp.confirm(ctx.state.claims, ctx.state.input.body.code, callerOf(ctx));
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
      const { password, ...given } = ctx.state.input.body;
      const shown = { password, factor: shownIn(given) };
      const result = await totp.remove(ctx.state.claims, shown, callerOf(ctx));
      if (isFailure(result)) return sendFailure(ctx, result);
      ctx.body = presentTokenPair(result);
    },
  );

  router.post('/v1/me/recovery-codes', authentication.session, validate(StepUp), async (ctx) => {
    const shown = shownIn(ctx.state.input.body);
    const result = await secondFactor.replaceRecoveryCodes(ctx.state.claims, shown, callerOf(ctx));
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.body = { recoveryCodes: result };
  });
}
