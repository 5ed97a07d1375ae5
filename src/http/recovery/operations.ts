import type { Operations } from '../openapi/operation.ts';
import { AskForMail, ConfirmEmail, MailAsked, ResetPassword } from './schema.ts';

const NO_MORE_OFTEN =
  'Who was mailed such a link in the last ten minutes and has not used it is not mailed another.';

export const recoveryOperations = {
  'POST /v1/auth/confirm-email': {
    tag: 'sign-in',
    summary: 'Confirm an e-mail address',
    description:
      'With the token that was mailed after registering, good for 24 hours, and the password that was chosen then: so nobody ' +
      'confirms what somebody else began with his address. Who does not know the password sets a new one by mail, which confirms as well.',
    weight: 10,
    access: 'public',
    request: ConfirmEmail,
    replies: { 204: { description: 'From now on the user can sign in.' } },
    problems: ['invalid_credentials', 'invalid_mail_token', 'sign_in_busy'],
  },
  'POST /v1/auth/resend-confirmation': {
    tag: 'sign-in',
    summary: 'Get the mail for confirming once more',
    description: `The link of the one before is good no more. ${NO_MORE_OFTEN}`,
    access: 'public',
    request: AskForMail,
    replies: {
      202: { schema: MailAsked, description: 'Whoever has registered with it and not confirmed is mailed.' },
    },
    problems: ['too_many_requests'],
  },
  'POST /v1/auth/password-resets': {
    tag: 'sign-in',
    summary: 'Get a mail with which to set a new password',
    description: `Its link is good for 30 minutes; that of the one before is good no more. ${NO_MORE_OFTEN}`,
    access: 'public',
    request: AskForMail,
    replies: { 202: { schema: MailAsked, description: 'Whoever has the address is mailed.' } },
    problems: ['too_many_requests'],
  },
  'POST /v1/auth/password-resets/complete': {
    tag: 'sign-in',
    summary: 'Set a new password with the token that was mailed',
    description:
      'Ends every session and begins none: signing in takes the second factor as ever. API keys stay. It confirms the address, too.',
    access: 'public',
    request: ResetPassword,
    replies: { 204: { description: 'The password is set.' } },
    problems: [
      'breached_password',
      'invalid_mail_token',
      'predictable_password',
      'sign_in_busy',
      'too_many_requests',
    ],
  },
} satisfies Operations;
