import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { KEY_ALGORITHMS, SCOPES } from '../../domain/api-keys.ts';
import { shownPassword } from '../auth/schema.ts';
import { parseEd25519 } from '../auth/signatures.ts';

const network = z
  .string()
  .refine(isNetwork, 'Must be a network such as "192.0.2.0/24" or "2001:db8::/32".')
  .meta({ example: '192.0.2.0/24' });

function isNetwork(text: string): boolean {
  const found = /^([0-9a-fA-F.:]{2,39})\/(0|[1-9][0-9]{0,2})$/.exec(text);
  if (found === null) return false;
  const [, address, bits] = found as unknown as [string, string, string];
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

const name = z.string().trim().min(1).max(64).meta({ description: 'For people.', example: 'market maker' });
const scopes = z
  .array(z.enum(SCOPES))
  .min(1)
  .refine((given) => new Set(given).size === given.length, 'Must not repeat one.')
  .meta({
    description:
      '`read`: to see; `trade`: to place, change and cancel orders; `withdraw`: to withdraw to listed addresses, only for keys that sign, from given networks, of who has a second factor. Each by itself.',
  });
const networks = z
  .array(network)
  .max(20)
  .default([])
  .meta({ description: 'Where it may be used from; empty: anywhere.' });
const expiresAt = z.iso.datetime().nullable().default(null).meta({ description: 'null: never.' });

const pointsPerMinute = z
  .int()
  .min(1)
  .max(1_000_000)
  .nullable()
  .default(null)
  .meta({ description: 'A limit below that of other keys; null: that of other keys.' });

const common = { name, scopes, networks, expiresAt, pointsPerMinute, password: shownPassword };

export const AddKey = {
  body: z
    .discriminatedUnion('algorithm', [
      z.strictObject({ algorithm: z.literal('hmac-sha256'), ...common }),
      z.strictObject({ algorithm: z.literal('client-secret'), ...common }),
      z.strictObject({
        algorithm: z.literal('ed25519'),
        publicKey: z
          .string()
          .refine(
            (text) => parseEd25519(text) !== undefined,
            'Must be an Ed25519 public key: 32 bytes, base64.',
          )
          .meta({ example: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' }),
        ...common,
      }),
    ])
    .refine(
      ({ scopes: given, networks: from, algorithm }) =>
        !given.includes('withdraw') || (from.length > 0 && algorithm !== 'client-secret'),
      'A key that withdraws signs its requests, and names the networks from which it may be used.',
    )
    .meta({ id: 'AddApiKey' }),
};

const Key = {
  id: z.string().meta({ example: 'bk_V1StGXR8_Z5jdHi6B-my' }),
  name,
  algorithm: z.enum(KEY_ALGORITHMS),
  scopes: z.array(z.enum(SCOPES)).readonly(),
  networks: z.array(z.string()).readonly(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To the minute.' }),
  pointsPerMinute: z.int().nullable(),
};

export const ApiKey = z.strictObject(Key).meta({ id: 'ApiKey' });
export const ApiKeyList = z.strictObject({ items: z.array(ApiKey).readonly() }).meta({ id: 'ApiKeyList' });
export const AddedKey = z
  .strictObject({
    ...Key,
    secret: z.string().nullable().meta({
      description:
        'Shown only now. hmac-sha256: 32 bytes, base64. client-secret: text to be shown as it is. null for ed25519, whose secret is the client’s.',
    }),
  })
  .meta({ id: 'AddedApiKey' });

export const RevokeKey = {
  params: z.strictObject({ keyId: z.string().regex(/^bk_[A-Za-z0-9_-]{20}$/, 'Must be the id of a key.') }),
};
export const KeysRevoked = z.strictObject({ revoked: z.int().min(0) }).meta({ id: 'KeysRevoked' });
export const KeyToken = z
  .strictObject({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().meta({ example: 900 }),
    accountId: z.string().meta({ example: '1000' }),
    scopes: z.array(z.enum(SCOPES)).readonly(),
  })
  .meta({ id: 'KeyToken' });
