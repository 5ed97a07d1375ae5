import type { Context } from 'koa';
import type { SignedIn } from './begin-session.ts';
import { presentTokenPair } from './presenter.ts';
import { CHALLENGE_SECONDS, type Challenge } from './second-factor.ts';

/** Answers a sign-in that went well: with tokens, or with what is wanted next. */
export function answerSignIn(ctx: Context, result: SignedIn | Challenge): void {
  if ('challenge' in result) {
    ctx.status = 202;
    ctx.body = { ...result, expiresIn: CHALLENGE_SECONDS };
  } else ctx.body = presentTokenPair(result);
}
