import type Router from '@koa/router';
import { listApiKeys } from '../../db/api-keys.ts';
import { limitAttempts } from '../auth/attempts.ts';
import { sendFailure } from '../auth/failures.ts';
import { ACCESS_TOKEN_SECONDS } from '../auth/tokens.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { presentKey } from './presenter.ts';
import { AddKey, RevokeKey } from './schema.ts';

export function keyRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, apiKeys, pool, tokens } = gateway;
  const limitGuesses = limitAttempts(gateway, 'add_key', (ctx) => String(ctx.state.claims.userId));

  router.post('/v1/me/api-keys', authentication.session, validate(AddKey), limitGuesses, async (ctx) => {
    const { expiresAt, ...request } = ctx.state.input.body;
    const expiresAtMs = expiresAt === null ? null : Date.parse(expiresAt);
    const added = await apiKeys.add(ctx.state.claims, { ...request, expiresAtMs }, callerOf(ctx));
    if (typeof added === 'string') return sendFailure(ctx, added);
    ctx.status = 201;
    ctx.body = { ...presentKey(added.key), secret: added.secret };
  });

  router.get('/v1/me/api-keys', authentication.session, async (ctx) => {
    ctx.body = { items: (await listApiKeys(pool, ctx.state.claims.userId)).map(presentKey) };
  });

  router.delete('/v1/me/api-keys/:keyId', authentication.session, validate(RevokeKey), async (ctx) => {
    const only = ctx.state.input.params.keyId;
    const revoked = await apiKeys.revoke(ctx.state.claims, { only }, callerOf(ctx));
    if (revoked === 0) return sendProblem(ctx, 'not_found', 'You have no such key.');
    ctx.status = 204;
  });

  router.delete('/v1/me/api-keys', authentication.session, async (ctx) => {
    ctx.body = { revoked: await apiKeys.revoke(ctx.state.claims, {}, callerOf(ctx)) };
  });

  router.post('/v1/auth/key-token', authentication.key, async (ctx) => {
    const { accountId, scopes } = ctx.state.claims;
    ctx.body = {
      accessToken: tokens.sign(ctx.state.claims),
      tokenType: 'Bearer',
      expiresIn: ACCESS_TOKEN_SECONDS,
      accountId: String(accountId),
      scopes,
    };
  });
}
