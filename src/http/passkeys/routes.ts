import type Router from '@koa/router';
import type { Context } from 'koa';
import { listPasskeys, type Passkey } from '../../db/passkeys.ts';
import { isoTime } from '../../domain/views.ts';
import { limitAttempts } from '../auth/attempts.ts';
import { isFailure, sendFailure } from '../auth/failures.ts';
import { presentTokenPair } from '../auth/presenter.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { AddPasskey, BeginPasskey, PasskeySignIn, RemovePasskey, RenamePasskey } from './schema.ts';

export function passkeyRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, passkeys, pool } = gateway;
  const limitGuesses = limitAttempts(gateway, 'passkeys', (ctx) => String(ctx.state.claims.userId));
  const limitQuestions = limitAttempts(gateway, 'passkey_options');
  // Who knows how an authenticator names a passkey must not be able to lock its owner out: nothing counts for a user alone.
  const limitSignIns = limitAttempts(gateway, 'passkey_sign_in', credentialOf);

  router.post('/v1/auth/passkey/options', limitQuestions, async (ctx) => {
    ctx.body = await passkeys.beginSignIn();
  });

  router.post('/v1/auth/passkey', validate(PasskeySignIn), limitSignIns, async (ctx) => {
    const result = await passkeys.signIn(ctx.state.input.body.assertion, callerOf(ctx));
    if (isFailure(result)) return sendFailure(ctx, result);
    ctx.body = presentTokenPair(result);
  });

  router.post(
    '/v1/me/passkeys/options',
    authentication.session,
    validate(BeginPasskey),
    limitGuesses,
    async (ctx) => {
      const { password } = ctx.state.input.body;
      const result = await passkeys.beginAdding(ctx.state.claims, password, callerOf(ctx));
      if (isFailure(result)) return sendFailure(ctx, result);
      ctx.body = result;
    },
  );

  router.post('/v1/me/passkeys', authentication.session, validate(AddPasskey), async (ctx) => {
    const result = await passkeys.add(ctx.state.claims, ctx.state.input.body, callerOf(ctx));
    if (isFailure(result)) return sendFailure(ctx, result);
    const { passkey, recoveryCodes, signedIn } = result;
    ctx.status = 201;
    ctx.body = { passkey: presentPasskey(passkey), recoveryCodes, session: presentTokenPair(signedIn) };
  });

  router.get('/v1/me/passkeys', authentication.session, async (ctx) => {
    ctx.body = { items: (await listPasskeys(pool, ctx.state.claims.userId)).map(presentPasskey) };
  });

  router.patch('/v1/me/passkeys/:passkeyId', authentication.session, validate(RenamePasskey), async (ctx) => {
    const { params, body } = ctx.state.input;
    const which = { id: params.passkeyId, name: body.name };
    const result = await passkeys.rename(ctx.state.claims, which, callerOf(ctx));
    if (result === 'not_found') return sendProblem(ctx, result, NOT_FOUND);
    ctx.body = presentPasskey(result);
  });

  router.delete(
    '/v1/me/passkeys/:passkeyId',
    authentication.session,
    validate(RemovePasskey),
    async (ctx) => {
      const { passkeyId } = ctx.state.input.params;
      const result = await passkeys.remove(ctx.state.claims, passkeyId, callerOf(ctx));
      // Somebody else's is answered like one that never was.
      if (result === 'not_found') return sendProblem(ctx, result, NOT_FOUND);
      if (isFailure(result)) return sendFailure(ctx, result);
      ctx.body = presentTokenPair(result);
    },
  );
}

const NOT_FOUND = 'You have no such passkey.';

const credentialOf = (ctx: Context): string => ctx.state.input.body.assertion.id;

function presentPasskey({ id, name, isSynced, createdAtMs, lastUsedAtMs }: Passkey) {
  return {
    id,
    name,
    isSynced,
    createdAt: isoTime(createdAtMs),
    lastUsedAt: lastUsedAtMs === null ? null : isoTime(lastUsedAtMs),
  };
}
