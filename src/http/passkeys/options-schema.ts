import { z } from 'zod';

/** What browsers are to be asked, as WebAuthn Level 3 writes it in JSON. */

const challenge = z
  .string()
  .meta({ description: '256 random bits, base64url. Good once, for five minutes.' });
const descriptors = z
  .array(
    z.strictObject({
      id: z.string(),
      type: z.literal('public-key'),
      transports: z.array(z.string()).readonly().optional(),
    }),
  )
  .readonly();
const timeout = z.int().meta({ description: 'Milliseconds.', example: 300_000 });

export const CreationOptions = z
  .strictObject({
    rp: z.strictObject({ id: z.string(), name: z.string() }),
    user: z.strictObject({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge,
    pubKeyCredParams: z.array(z.strictObject({ type: z.literal('public-key'), alg: z.int() })).readonly(),
    timeout,
    excludeCredentials: descriptors,
    authenticatorSelection: z.strictObject({
      residentKey: z.literal('preferred'),
      requireResidentKey: z.literal(false),
      userVerification: z.literal('required'),
    }),
    attestation: z.literal('none'),
    extensions: z.strictObject({ credProps: z.literal(true) }),
    hints: z.array(z.string()).readonly(),
  })
  .meta({
    id: 'PasskeyCreationOptions',
    description: 'For `PublicKeyCredential.parseCreationOptionsFromJSON()`.',
  });

export const RequestOptions = z
  .strictObject({
    rpId: z.string(),
    challenge,
    allowCredentials: descriptors.optional().meta({ description: 'Left out: whichever there is.' }),
    timeout,
    userVerification: z.literal('required'),
  })
  .meta({
    id: 'PasskeyRequestOptions',
    description: 'For `PublicKeyCredential.parseRequestOptionsFromJSON()`.',
  });
