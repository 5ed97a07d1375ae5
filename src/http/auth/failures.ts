import type { Context } from 'koa';
import { sendProblem } from '../problem.ts';
import type { PasswordRefusal } from './password-policy.ts';
import type { FactorFailure } from './second-factor.ts';
import type { SignInFailure } from './sign-in.ts';

/** What signing in, showing who one is again, and making keys can end with. */
export type AuthFailure =
  | SignInFailure
  | FactorFailure
  | PasswordRefusal
  | 'invalid_mail_token'
  | 'too_many_keys';

const DETAILS = Object.freeze({
  breached_password: 'This password is known from breaches: choose another.',
  email_unconfirmed: 'Confirm your e-mail address first, with the link that was mailed to you.',
  invalid_challenge: 'The challenge is unknown, used or expired: sign in again.',
  invalid_code: 'The code is wrong or was used.',
  invalid_credentials: 'The password is wrong.',
  invalid_mail_token: 'The link is unknown, used, replaced by a newer one, or expired.',
  invalid_refresh_token: 'The refresh token is unknown, used or expired: sign in again.',
  no_second_factor: 'There is no second factor to confirm.',
  predictable_password:
    'This password is easy to guess: it repeats itself, goes along the alphabet, or is made of your address or our name.',
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
