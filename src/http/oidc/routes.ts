import type Router from '@koa/router';
import type { Context } from 'koa';
import { isoTime } from '../../domain/views.ts';
import { answerSignIn } from '../auth/answer-sign-in.ts';
import { limitAttempts } from '../auth/attempts.ts';
import { sendFailure } from '../auth/failures.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { type BegunFlow, FLOW_SECONDS } from './flows.ts';
import type { OwnIdentity } from './identities.ts';
import { BeginLink, BeginOidc, CompleteLink, CompleteOidc, Unlink } from './schema.ts';

export function oidcRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, identities, oidcProviders: providers } = gateway;
  const limitGuesses = limitAttempts(gateway, 'identities', (ctx) => String(ctx.state.claims.userId));
  // There is nobody yet whose secret could be guessed: only the address counts.
  const limitBegins = limitAttempts(gateway, 'oidc-begin');
  const limitEnds = limitAttempts(gateway, 'oidc-complete');

  router.get('/v1/auth/oidc', (ctx) => {
    ctx.body = { items: [...providers.values()].map(({ id, name }) => ({ id, name })) };
  });

  router.post('/v1/auth/oidc/:provider/begin', validate(BeginOidc), limitBegins, async (ctx) => {
    const provider = providers.get(ctx.state.input.params.provider);
    if (provider === undefined) return sendUnknown(ctx);
    const begun = await identities.beginSignIn(provider);
    if (typeof begun === 'string') return sendFailure(ctx, begun);
    answerBegun(ctx, begun);
  });

  router.post('/v1/auth/oidc/complete', validate(CompleteOidc), limitEnds, async (ctx) => {
    const result = await identities.finishSignIn(ctx.state.input.body, callerOf(ctx));
    if (typeof result === 'string') return sendFailure(ctx, result);
    answerSignIn(ctx, result);
  });

  router.get('/v1/me/identities', authentication.session, async (ctx) => {
    ctx.body = { items: (await identities.list(ctx.state.claims.userId)).map(presentIdentity) };
  });

  router.post(
    '/v1/me/identities/begin',
    authentication.session,
    validate(BeginLink),
    limitGuesses,
    async (ctx) => {
      const { provider: id, password } = ctx.state.input.body;
      const provider = providers.get(id);
      if (provider === undefined) return sendUnknown(ctx);
      const begun = await identities.beginLink(ctx.state.claims, provider, password, callerOf(ctx));
      if (typeof begun === 'string') return sendFailure(ctx, begun);
      answerBegun(ctx, begun);
    },
  );

  router.post('/v1/me/identities/complete', authentication.session, validate(CompleteLink), async (ctx) => {
    const result = await identities.finishLink(ctx.state.claims, ctx.state.input.body, callerOf(ctx));
    if (typeof result === 'string') return sendFailure(ctx, result);
    ctx.body = presentIdentity(result);
  });

  router.delete('/v1/me/identities/:id', authentication.session, validate(Unlink), async (ctx) => {
    const result = await identities.unlink(ctx.state.claims, ctx.state.input.params.id, callerOf(ctx));
    if (result === 'not_found') return sendProblem(ctx, result, 'You have no such identity.');
    if (result !== 'done') return sendFailure(ctx, result);
    ctx.status = 204;
  });
}

function sendUnknown(ctx: Context): void {
  sendProblem(ctx, 'not_found', 'There is no such provider.');
}

function answerBegun(ctx: Context, begun: BegunFlow): void {
  ctx.status = 201;
  ctx.body = { ...begun, expiresIn: FLOW_SECONDS };
}

function presentIdentity({ id, provider, issuer, email, createdAtMs, lastUsedAtMs }: OwnIdentity) {
  return {
    id,
    provider: provider?.id ?? null,
    name: provider?.name ?? null,
    issuer,
    email,
    createdAt: isoTime(createdAtMs),
    lastUsedAt: lastUsedAtMs === null ? null : isoTime(lastUsedAtMs),
  };
}
