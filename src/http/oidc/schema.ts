import { z } from 'zod';
import { refreshToken, shownPassword } from '../auth/schema.ts';

const provider = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'Must be the id of a provider.')
  .meta({ description: 'Id of the provider.', example: 'example' });
const handle = refreshToken.meta({ description: '256 random bits, base64url: from `begin`. Good once.' });
const callback = z
  .string()
  .max(8192)
  .regex(/^\??[\x21\x22\x24-\x7e]+$/, 'Must be the query of the address.')
  .meta({
    description: 'The whole query of the address to which the provider has sent the person back.',
    example: '?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj&iss=https%3A%2F%2Fid.example.com',
  });

export const OidcProviderList = z
  .strictObject({
    items: z
      .array(z.strictObject({ id: provider, name: z.string().meta({ example: 'Example' }) }))
      .readonly(),
  })
  .meta({ id: 'OidcProviderList' });

export const BegunFlow = z
  .strictObject({
    authorizationUrl: z.url().meta({ description: 'Where the person is to be sent.' }),
    handle: handle.meta({
      description:
        'To be kept by the page that began, and shown at the end. Whoever has it can’t be fooled with a link.',
    }),
    expiresIn: z.int().meta({ description: 'Seconds for which the person may take his time.', example: 600 }),
  })
  .meta({ id: 'BegunOidcFlow' });

const callbackShown = z.strictObject({ handle, callback }).meta({ id: 'OidcCallback' });

export const BeginOidc = { params: z.strictObject({ provider }) };
export const CompleteOidc = { body: callbackShown };

export const Identity = z
  .strictObject({
    id: z.string(),
    provider: provider.nullable().meta({ description: 'null: it can’t be used here any more.' }),
    name: z.string().nullable(),
    issuer: z.string().meta({ example: 'https://id.example.com' }),
    email: z.string().nullable().meta({ description: 'As the provider told it when it was linked.' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'null: nobody has signed in with it yet.' }),
  })
  .meta({ id: 'Identity' });
export const IdentityList = z
  .strictObject({ items: z.array(Identity).readonly() })
  .meta({ id: 'IdentityList' });

export const BeginLink = {
  body: z.strictObject({ provider, password: shownPassword }).meta({ id: 'BeginLink' }),
};
export const CompleteLink = { body: callbackShown };
export const Unlink = {
  params: z.strictObject({
    id: z.string().regex(/^[A-Za-z0-9_-]{20}$/, 'Must be the id of an identity.'),
  }),
};
