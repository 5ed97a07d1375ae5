import { SecondFactorWanted, TokenPair } from '../auth/schema.ts';
import type { Operations } from '../openapi/operation.ts';
import {
  BeginLink,
  BeginOidc,
  BegunFlow,
  CompleteLink,
  CompleteOidc,
  Identity,
  IdentityList,
  OidcProviderList,
  Unlink,
} from './schema.ts';

const AT_PROVIDER = ['invalid_callback', 'provider_refused', 'provider_unavailable'] as const;

export const oidcOperations = {
  'GET /v1/auth/oidc': {
    tag: 'sign-in',
    summary: 'OpenID providers',
    access: 'public',
    replies: {
      200: { schema: OidcProviderList, description: 'Through whom one can sign in; perhaps nobody.' },
    },
    problems: [],
  },
  'POST /v1/auth/oidc/:provider/begin': {
    tag: 'sign-in',
    summary: 'Begin to sign in through an OpenID provider',
    description:
      'The page keeps the handle and sends the person to the address. The provider sends him back to `/sign-in/callback` of the exchange.',
    access: 'public',
    weight: 10,
    request: BeginOidc,
    replies: { 201: { schema: BegunFlow, description: 'Where to send the person.' } },
    problems: ['not_found', 'provider_unavailable', 'too_many_requests'],
  },
  'POST /v1/auth/oidc/complete': {
    tag: 'sign-in',
    summary: 'Finish to sign in through an OpenID provider',
    description:
      'Good once. A person whom nobody knows becomes a customer without a password, if the provider says that his address is verified ' +
      'and nobody has it. An address that somebody has is never linked by itself.',
    access: 'public',
    weight: 10,
    request: CompleteOidc,
    replies: {
      200: { schema: TokenPair, description: 'A new session.' },
      202: { schema: SecondFactorWanted, description: 'The second factor is wanted.' },
    },
    problems: [...AT_PROVIDER, 'identity_email_unverified', 'identity_not_linked', 'too_many_requests'],
  },
  'GET /v1/me/identities': {
    tag: 'sign-in',
    summary: 'My identities at OpenID providers',
    access: 'customer',
    replies: { 200: { schema: IdentityList, description: 'Those that were linked, the oldest first.' } },
    problems: [],
  },
  'POST /v1/me/identities/begin': {
    tag: 'sign-in',
    summary: 'Begin to link an identity',
    description:
      'Takes the password, and of who has a second factor one that was shown in the last ten minutes.',
    access: 'customer',
    weight: 10,
    request: BeginLink,
    replies: { 201: { schema: BegunFlow, description: 'Where to send the person.' } },
    problems: [
      'invalid_credentials',
      'not_found',
      'provider_unavailable',
      'recent_sign_in_required',
      'sign_in_busy',
      'step_up_required',
      'too_many_requests',
    ],
  },
  'POST /v1/me/identities/complete': {
    tag: 'sign-in',
    summary: 'Finish to link an identity',
    description: 'In the session in which it began.',
    access: 'customer',
    weight: 10,
    request: CompleteLink,
    replies: { 200: { schema: Identity, description: 'It is linked: one can sign in with it.' } },
    problems: [...AT_PROVIDER, 'account_frozen', 'identity_taken'],
  },
  'DELETE /v1/me/identities/:id': {
    tag: 'sign-in',
    summary: 'Unlink an identity',
    description:
      'Ends all other sessions. Who has a second factor must have shown it in the last ten minutes.',
    access: 'customer',
    request: Unlink,
    replies: { 204: { description: 'Nobody signs in with it any more.' } },
    problems: ['last_sign_in_method', 'not_found', 'step_up_required'],
  },
} satisfies Operations;
