import { z } from 'zod';
import { PASSKEY_TRANSPORTS, type PasskeyTransport } from '../../domain/passkeys.ts';
import { recoveryCodes, shownPassword, TokenPair } from '../auth/schema.ts';

const base64url = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[A-Za-z0-9_-]+$/, 'Must be base64url.');
/** Of at most 1023 bytes. */
const credentialId = base64url(1364);

/** Browsers may tell more than is looked at. */
const transports = z
  .array(z.string().max(32))
  .max(16)
  .default([])
  .transform((given) => given.filter(isTransport));

function isTransport(text: string): text is PasskeyTransport {
  return (PASSKEY_TRANSPORTS as readonly string[]).includes(text);
}

export const Assertion = z
  .object({
    id: credentialId,
    rawId: credentialId,
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: base64url(4096),
      authenticatorData: base64url(4096),
      signature: base64url(2048),
      userHandle: base64url(88).nullish(),
    }),
  })
  .meta({
    id: 'PasskeyAssertion',
    description: 'What `navigator.credentials.get()` gave, as its `toJSON()` has it.',
  });

export const Attestation = z
  .object({
    id: credentialId,
    rawId: credentialId,
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: base64url(4096),
      attestationObject: base64url(16_384),
      transports,
    }),
  })
  .meta({
    id: 'PasskeyAttestation',
    description: 'What `navigator.credentials.create()` gave, as its `toJSON()` has it.',
  });

const name = z.string().trim().min(1).max(64).meta({ description: 'For people.', example: 'phone' });

export const Passkey = z
  .strictObject({
    id: z.string().meta({ example: 'pk_V1StGXR8_Z5jdHi6B-my' }),
    name,
    isSynced: z.boolean().meta({ description: 'Whether its owner’s other devices may have it too.' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Passkey' });
export const PasskeyList = z.strictObject({ items: z.array(Passkey).readonly() }).meta({ id: 'PasskeyList' });
export const PasskeyAdded = z
  .strictObject({ passkey: Passkey, recoveryCodes, session: TokenPair })
  .meta({ id: 'PasskeyAdded' });

export const BeginPasskey = {
  body: z.strictObject({ password: shownPassword }).meta({ id: 'BeginPasskey' }),
};
export const AddPasskey = {
  body: z.strictObject({ name, attestation: Attestation }).meta({ id: 'AddPasskey' }),
};
const params = z.strictObject({
  passkeyId: z.string().regex(/^pk_[A-Za-z0-9_-]{20}$/, 'Must be the id of a passkey.'),
});
export const RenamePasskey = { params, body: z.strictObject({ name }).meta({ id: 'RenamePasskey' }) };
export const RemovePasskey = { params };
export const PasskeySignIn = { body: z.strictObject({ assertion: Assertion }).meta({ id: 'PasskeySignIn' }) };
