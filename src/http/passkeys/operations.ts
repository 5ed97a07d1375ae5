import { TokenPair } from '../auth/schema.ts';
import type { Operations } from '../openapi/operation.ts';
import { CreationOptions, RequestOptions } from './options-schema.ts';
import {
  AddPasskey,
  BeginPasskey,
  Passkey,
  PasskeyAdded,
  PasskeyList,
  PasskeySignIn,
  RemovePasskey,
  RenamePasskey,
} from './schema.ts';

export const passkeyOperations = {
  'POST /v1/auth/passkey/options': {
    tag: 'sign-in',
    summary: 'Ask for any passkey to sign in with',
    description: 'Names nobody, and is the same for everybody.',
    access: 'public',
    replies: { 200: { schema: RequestOptions, description: 'What the browser is to ask for.' } },
    problems: ['too_many_requests'],
  },
  'POST /v1/auth/passkey': {
    tag: 'sign-in',
    summary: 'Sign in with a passkey and nothing else',
    description:
      'The authenticator knows its owner by PIN, finger or face: that is two factors, and the session counts as such.',
    access: 'public',
    request: PasskeySignIn,
    replies: { 200: { schema: TokenPair, description: 'A new session.' } },
    problems: ['invalid_challenge', 'invalid_passkey', 'too_many_requests'],
  },
  'POST /v1/me/passkeys/options': {
    tag: 'sign-in',
    summary: 'Begin to add a passkey',
    description:
      'Takes the password, and of who has a second factor one that was shown in the last ten minutes.',
    access: 'customer',
    request: BeginPasskey,
    replies: { 200: { schema: CreationOptions, description: 'What the browser is to make.' } },
    problems: [
      'invalid_credentials',
      'recent_sign_in_required',
      'sign_in_busy',
      'step_up_required',
      'too_many_passkeys',
      'too_many_requests',
    ],
  },
  'POST /v1/me/passkeys': {
    tag: 'sign-in',
    summary: 'Add a passkey',
    description:
      'From now on it is a second factor, and signs in by itself. Ends every session, this one too, and begins a new one.',
    access: 'customer',
    request: AddPasskey,
    replies: {
      201: { schema: PasskeyAdded, description: 'The passkey, and the only session that is left.' },
    },
    problems: [
      'invalid_challenge',
      'invalid_passkey',
      'passkey_exists',
      'step_up_required',
      'too_many_passkeys',
    ],
  },
  'GET /v1/me/passkeys': {
    tag: 'sign-in',
    summary: 'My passkeys',
    access: 'customer',
    replies: { 200: { schema: PasskeyList, description: 'The newest first.' } },
    problems: [],
  },
  'PATCH /v1/me/passkeys/:passkeyId': {
    tag: 'sign-in',
    summary: 'Rename a passkey',
    access: 'customer',
    request: RenamePasskey,
    replies: { 200: { schema: Passkey, description: 'With its new name.' } },
    problems: ['not_found'],
  },
  'DELETE /v1/me/passkeys/:passkeyId': {
    tag: 'sign-in',
    summary: 'Remove a passkey',
    description:
      'Takes a second factor that was shown in the last ten minutes; the passkey itself is one. Ends every session, this one too, and begins a new one.',
    access: 'customer',
    request: RemovePasskey,
    replies: { 200: { schema: TokenPair, description: 'The only session that is left.' } },
    problems: ['not_found', 'step_up_required'],
  },
} satisfies Operations;
