import { z } from 'zod';
import { SCOPES } from '../../domain/api-keys.ts';

export const TokenRequest = {
  form: z
    .object({
      grant_type: z.literal('client_credentials'),
      scope: z.string().optional().meta({
        description: 'Fewer scopes than the client has, with spaces between them. Left out: all of them.',
        example: 'read',
      }),
      client_id: z.string().optional().meta({ example: 'bk_V1StGXR8_Z5jdHi6B-my' }),
      client_secret: z
        .string()
        .optional()
        .meta({ description: 'Both here, or both in `Authorization: Basic`, which is better.' }),
    })
    .meta({ id: 'TokenRequest' }),
};

export const IssuedToken = z
  .strictObject({
    access_token: z.string().meta({ description: 'JWT for the Authorization header.' }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ example: 900 }),
    scope: z.string().meta({ description: 'What it may do.', example: 'read trade' }),
  })
  .meta({ id: 'IssuedToken' });

/** RFC 6749, section 5.2. */
export const OAUTH_ERRORS = Object.freeze([
  'invalid_request',
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
] as const);
export type OAuthErrorCode = (typeof OAUTH_ERRORS)[number];

export const OAuthError = z
  .strictObject({
    error: z.enum(OAUTH_ERRORS),
    error_description: z.string().meta({ description: 'For people; may change.' }),
  })
  .meta({ id: 'OAuthError', description: 'RFC 6749, section 5.2.' });

export const ServerMetadata = z
  .strictObject({
    issuer: z.url(),
    token_endpoint: z.url(),
    token_endpoint_auth_methods_supported: z.array(z.string()).readonly(),
    grant_types_supported: z.array(z.string()).readonly(),
    response_types_supported: z
      .array(z.string())
      .readonly()
      .meta({ description: 'None: there is no authorization endpoint.' }),
    scopes_supported: z.array(z.enum(SCOPES)).readonly(),
    service_documentation: z.url(),
  })
  .meta({ id: 'ServerMetadata', description: 'RFC 8414, section 2.' });
