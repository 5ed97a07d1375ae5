import type { Operations } from '../openapi/operation.ts';
import { AddedKey, AddKey, ApiKeyList, KeysRevoked, KeyToken, RevokeKey } from './schema.ts';

export const keyOperations = {
  'POST /v1/me/api-keys': {
    tag: 'keys',
    summary: 'Add an API key',
    description:
      'Takes the password, and of who has a second factor one that was shown in the last ten minutes. `client-secret` is an OAuth client: see `POST /oauth/token`.',
    access: 'customer',
    weight: 10,
    request: AddKey,
    replies: { 201: { schema: AddedKey, description: 'The key; its secret is shown only now.' } },
    problems: [
      'account_frozen',
      'invalid_credentials',
      'no_second_factor',
      'recent_sign_in_required',
      'sign_in_busy',
      'step_up_required',
      'too_many_keys',
      'too_many_requests',
    ],
  },
  'GET /v1/me/api-keys': {
    tag: 'keys',
    summary: 'My API keys',
    access: 'customer',
    replies: { 200: { schema: ApiKeyList, description: 'Those that were not revoked, the newest first.' } },
    problems: [],
  },
  'DELETE /v1/me/api-keys/:keyId': {
    tag: 'keys',
    summary: 'Revoke an API key',
    description: 'For ever. It is refused, and its sockets are closed, in every process within a second.',
    access: 'customer',
    request: RevokeKey,
    replies: { 204: { description: 'It is revoked.' } },
    problems: ['not_found'],
  },
  'DELETE /v1/me/api-keys': {
    tag: 'keys',
    summary: 'Revoke all my API keys',
    access: 'customer',
    replies: { 200: { schema: KeysRevoked, description: 'None is left.' } },
    problems: [],
  },
  'POST /v1/auth/key-token': {
    tag: 'keys',
    summary: 'Get an access token for an API key',
    description:
      'For the WebSocket API, and for who would rather not sign every request. It has the scopes of the key.',
    access: 'customer',
    scope: 'key',
    replies: {
      200: {
        schema: KeyToken,
        description: 'A token that is good for a while, or until the key is revoked.',
      },
    },
    problems: [],
  },
} satisfies Operations;
