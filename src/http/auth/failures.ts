import type { Context } from 'koa';
import { sendProblem } from '../problem.ts';
import type { FactorFailure } from './second-factor.ts';
import type { SignInFailure } from './sign-in.ts';

/** What signing in, showing who one is again, and making keys can end with. */
export type AuthFailure = SignInFailure | FactorFailure | 'too_many_keys';

const DETAILS = Object.freeze({
  invalid_challenge: 'The challenge is unknown, used or expired: sign in again.',
  invalid_code: 'The code is wrong or was used.',
  invalid_credentials: 'The password is wrong.',
  invalid_refresh_token: 'The refresh token is unknown, used or expired: sign in again.',
  no_second_factor: 'There is no second factor to confirm.',
  second_factor_exists: 'There is a second factor already.',
  sign_in_busy: 'Too many people are signing in at once: try again.',
  step_up_required: 'Show your second factor first: POST /v1/auth/step-up.',
  too_many_keys: 'You have as many keys as one may have: revoke some.',
}) satisfies Record<Extract<AuthFailure, string>, string>;

export function isFailure<Done extends object>(result: Done | AuthFailure): result is AuthFailure {
  return typeof result === 'string' || 'retryAfterSeconds' in result;
}

/** @param detail where more than the failure is known */
export function sendFailure(ctx: Context, failure: AuthFailure, detail?: string): void {
  if (typeof failure === 'string') sendProblem(ctx, failure, detail ?? DETAILS[failure]);
  else sendProblem(ctx, 'too_many_requests', 'Too many wrong codes: wait and try again.', failure);
}
