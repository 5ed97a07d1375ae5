import { TokenPair } from '../auth/schema.ts';
import type { Operations } from '../openapi/operation.ts';
import {
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

export const factorOperations = {
  'POST /v1/auth/second-factor': {
    tag: 'sign-in',
    summary: 'Finish a sign-in with the second factor',
    description:
      'Each code is good once. Ten wrong codes an hour, from wherever they come, and no more are looked at.',
    access: 'public',
    request: FinishSignIn,
    replies: { 200: { schema: TokenPair, description: 'A new session.' } },
    problems: ['invalid_challenge', ...CODE],
  },
  'POST /v1/auth/step-up': {
    tag: 'sign-in',
    summary: 'Show the second factor again',
    description: 'For ten minutes the session may do what takes a fresh one.',
    access: 'customer',
    request: StepUp,
    replies: { 204: { description: 'It was shown.' } },
    problems: [...CODE],
  },
  'POST /v1/me/totp': {
    tag: 'sign-in',
    summary: 'Begin to use an authenticator',
    description: 'Nothing changes until a code of it was shown.',
    access: 'customer',
    request: BeginTotp,
    replies: { 201: { schema: TotpSecret, description: 'The secret, shown only now.' } },
    problems: ['second_factor_exists', ...PASSWORD],
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
    problems: ['no_second_factor', 'second_factor_exists', ...CODE],
  },
  'POST /v1/me/totp/remove': {
    tag: 'sign-in',
    summary: 'Stop using an authenticator',
    description: 'Ends every session, this one too, and begins a new one.',
    access: 'customer',
    request: RemoveTotp,
    replies: { 200: { schema: TokenPair, description: 'The only session that is left.' } },
    problems: ['invalid_code', ...PASSWORD],
  },
  'POST /v1/me/recovery-codes': {
    tag: 'sign-in',
    summary: 'Get new recovery codes',
    description: 'The old ones are good no more.',
    access: 'customer',
    request: StepUp,
    replies: { 200: { schema: RecoveryCodes, description: 'The new ones.' } },
    problems: [...CODE],
  },
} satisfies Operations;
