import type { Context } from 'koa';
import type { OidcFailure } from '../oidc/failures.ts';
import { type PasswordWeakness, WEAKNESSES } from '../passwords/policy.ts';
import { sendProblem } from '../problem.ts';
import type { FactorFailure } from './second-factor.ts';
import type { SignInFailure } from './sign-in.ts';

/** What signing in, showing who one is again, and making keys can end with. */
export type AuthFailure =
  | SignInFailure
  | FactorFailure
  | OidcFailure
  | PasswordWeakness
  | 'account_frozen'
  | 'invalid_mail_token'
  | 'passkey_exists'
  | 'too_many_keys'
  | 'too_many_passkeys';

const DETAILS = Object.freeze({
  ...WEAKNESSES,
  email_unconfirmed: 'Confirm your e-mail address first, with the link that was mailed to you.',
  account_frozen: 'The account is frozen: only an operator can end that.',
  identity_email_unverified: 'The provider does not say that your e-mail address is verified.',
  identity_not_linked:
    'There is a user with this e-mail address: sign in as you usually do, and link the identity then.',
  identity_taken: 'The identity is linked to another user.',
  invalid_callback:
    'This is not the end of what began here, or it was used, or took too long, or what the provider says is not good: begin again.',
  invalid_challenge: 'The challenge is unknown, used or expired: begin again.',
  invalid_code: 'The code is wrong or was used.',
  invalid_credentials: 'The password is wrong.',
  invalid_mail_token: 'The link is unknown, used, replaced by a newer one, or expired.',
  invalid_passkey: 'The passkey is unknown, or what it signed is not what it was asked to.',
  invalid_refresh_token: 'The refresh token is unknown, used or expired: sign in again.',
  last_sign_in_method: 'It is the last way in which you can sign in: set a password first.',
  no_passkey: 'There is no passkey to ask.',
  no_second_factor: 'There is no second factor to confirm.',
  passkey_exists: 'The passkey is in use already.',
  provider_refused: 'The provider did not say who you are.',
  provider_unavailable: 'The provider can’t be reached at the moment: try again, or sign in another way.',
  recent_sign_in_required:
    'You have no password: for this, sign in again or show your second factor, at most five minutes before.',
  second_factor_exists: 'There is an authenticator already.',
  sign_in_busy: 'Too many people are signing in at once: try again.',
  step_up_required: 'Show your second factor first: POST /v1/auth/step-up.',
  too_many_passkeys: 'You have as many passkeys as one may have: remove some.',
  too_many_keys: 'You have as many keys as one may have: revoke some.',
}) satisfies Record<Extract<AuthFailure, string>, string>;

export function isFailure<Done extends object>(result: Done | AuthFailure): result is AuthFailure {
  return typeof result === 'string' || 'retryAfterSeconds' in result;
}

/** @param detail where more than the failure is known */
export function sendFailure(ctx: Context, failure: AuthFailure, detail?: string): void {
  if (typeof failure === 'string') sendProblem(ctx, failure, detail ?? DETAILS[failure]);
  else
    sendProblem(ctx, 'too_many_requests', 'Too many wrong codes or passkeys: wait and try again.', failure);
}
