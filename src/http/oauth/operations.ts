import type { Operations } from '../openapi/operation.ts';
import { IssuedToken, OAuthError, ServerMetadata, TokenRequest } from './schema.ts';

export const oauthOperations = {
  'POST /oauth/token': {
    tag: 'keys',
    summary: 'Get an access token for a client secret',
    description:
      'OAuth 2.0 client credentials (RFC 6749, section 4.4), for an API key of the algorithm `client-secret`: its id and secret. ' +
      'The token is good for a while, or until the key is revoked. Errors are those of RFC 6749, but for 429 and 503.',
    access: 'public',
    weight: 10,
    request: TokenRequest,
    replies: {
      200: { schema: IssuedToken, description: 'A token with these scopes.' },
      400: {
        schema: OAuthError,
        description: '`invalid_request`, `invalid_scope`, `unauthorized_client`, `unsupported_grant_type`',
      },
      401: { schema: OAuthError, description: '`invalid_client`' },
      413: { schema: OAuthError, description: '`invalid_request`: the body is too large.' },
    },
    problems: ['too_many_requests'],
  },
  'GET /.well-known/oauth-authorization-server': {
    tag: 'keys',
    summary: 'What the token endpoint can do',
    access: 'public',
    replies: { 200: { schema: ServerMetadata, description: 'Metadata of RFC 8414.' } },
    problems: [],
  },
} satisfies Operations;
