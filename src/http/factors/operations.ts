import { TokenPair } from '../auth/schema.ts';
import type { Operations } from '../openapi/operation.ts';
import { RequestOptions } from '../passkeys/options-schema.ts';
import {
  AskForSignIn,
  BeginTotp,
  ConfirmTotp,
  FactorAdded,
  FinishSignIn,
  RecoveryCodes,
  RemoveTotp,
  StepUp,
  TotpSecret,
} from './schema.ts';

const PASSWORD = [
  'invalid_credentials',
  'recent_sign_in_required',
  'too_many_requests',
  'sign_in_busy',
] as const;
const CODE = ['invalid_code', 'too_many_requests'] as const;
const FACTOR = [...CODE, 'invalid_challenge', 'invalid_passkey'] as const;

export const factorOperations = {
  'POST /v1/auth/second-factor': {
    tag: 'sign-in',
    summary: 'Finish a sign-in with the second factor',
    description:
      'With a code, or with what a passkey signed. Each is good once. Ten wrong ones an hour, from wherever they come, and no more are looked at.',
    access: 'public',
    request: FinishSignIn,
    replies: { 200: { schema: TokenPair, description: 'A new session.' } },
    problems: [...FACTOR],
  },
  'POST /v1/auth/second-factor/options': {
    tag: 'sign-in',
    summary: 'Ask a passkey to finish a sign-in',
    access: 'public',
    request: AskForSignIn,
    replies: { 200: { schema: RequestOptions, description: 'What the browser is to ask for.' } },
    problems: ['invalid_challenge', 'no_passkey'],
  },
  'POST /v1/auth/step-up/options': {
    tag: 'sign-in',
    summary: 'Ask a passkey to be shown in the session',
    description: 'In the place of a code, wherever a session takes one.',
    access: 'customer',
    replies: { 200: { schema: RequestOptions, description: 'What the browser is to ask for.' } },
    problems: ['no_passkey'],
  },
  'POST /v1/auth/step-up': {
    tag: 'sign-in',
    summary: 'Show the second factor again',
    description: 'For ten minutes the session may do what takes a fresh one.',
    access: 'customer',
    request: StepUp,
    replies: { 204: { description: 'It was shown.' } },
    problems: [...FACTOR],
  },
  'POST /v1/me/totp': {
    tag: 'sign-in',
    summary: 'Begin to use an authenticator',
    description: 'Nothing changes until a code of it was shown.',
    access: 'customer',
    request: BeginTotp,
    replies: { 201: { schema: TotpSecret, description: 'The secret, shown only now.' } },
    problems: ['second_factor_exists', 'step_up_required', ...PASSWORD],
  },
  'POST /v1/me/totp/confirm': {
    tag: 'sign-in',
    summary: 'Show the first code of an authenticator',
    description:
      'From now on signing in takes a code. Ends every session, this one too, and begins a new one.',
    access: 'customer',
    request: ConfirmTotp,
    replies: {
      200: { schema: FactorAdded, description: 'Codes for an emergency, and the only session left.' },
    },
    problems: ['no_second_factor', 'second_factor_exists', 'step_up_required', ...CODE],
  },
  'POST /v1/me/totp/remove': {
    tag: 'sign-in',
    summary: 'Stop using an authenticator',
    description: 'Ends every session, this one too, and begins a new one.',
    access: 'customer',
    request: RemoveTotp,
    replies: { 200: { schema: TokenPair, description: 'The only session that is left.' } },
    problems: ['no_second_factor', ...FACTOR, ...PASSWORD],
  },
  'POST /v1/me/recovery-codes': {
    tag: 'sign-in',
    summary: 'Get new recovery codes',
    description: 'The old ones are good no more.',
    access: 'customer',
    request: StepUp,
    replies: { 200: { schema: RecoveryCodes, description: 'The new ones.' } },
    problems: [...FACTOR],
  },
} satisfies Operations;
