import { BlockList, isIPv6 } from 'node:net';
import type { Logger } from 'pino';
import type { DatabasePool } from 'slonik';
import { findSigningKey, markKeyUsed, type SigningKey } from '../../db/api-keys.ts';
import { sessionOfKey } from './key-sessions.ts';
import type { Sealing } from './sealing.ts';
import { isSignatureGood, type SignedRequest, textToSign } from './signatures.ts';
import type { Claims } from './tokens.ts';

export const DEFAULT_WINDOW_MS = 5_000;
export const MAX_WINDOW_MS = 60_000;
/** A client's clock may be that far ahead of ours. */
const AHEAD_MS = 1_000;
/** How long a key is taken for what it was when it was read: a key that was revoked is refused within a second. */
const KNOWN_FOR_MS = 500;
const USED_EVERY_MS = 60_000;
/** Claims of a signed request last for the request; sockets get tokens, which end by themselves. */
const CLAIMS_MS = 60_000;
const SEEN_LIMIT = 1_000_000;

export type KeyFailure = 'invalid_signature' | 'stale_timestamp' | 'signature_replayed' | 'ip_not_allowed';

export interface ShownSignature extends SignedRequest {
  readonly keyId: string;
  /** Base64. */
  readonly signature: string;
  readonly ip: string;
}

export interface KeyVerifier {
  /** For whom the request speaks. Each signature is good once. */
  verify(shown: ShownSignature): Promise<Claims | KeyFailure>;
  /** Whether a token that was given for the key is still good. */
  isAlive(keyId: string): Promise<boolean>;
}

export interface KeyVerifierOptions {
  readonly pool: DatabasePool;
  readonly sealing: Sealing;
  readonly log: Logger;
  readonly now: () => number;
}

/** What a sealed secret of a key is bound to. */
export const keyContext = (keyId: string) => `api key ${keyId}`;

interface Known {
  readonly key: SigningKey | undefined;
  /** The secret or the public key. */
  readonly bytes: Buffer;
  readonly networks: BlockList | undefined;
  readonly readAtMs: number;
}

/** Checks what programs sign. */
export function createKeyVerifier({ pool, sealing, log, now }: KeyVerifierOptions): KeyVerifier {
  const known = new Map<string, Promise<Known>>();
  /** Signatures that were good, with the time after which they are stale anyway; in order of arrival. */
  const seen = new Map<string, number>();

  async function read(keyId: string, readAtMs: number): Promise<Known> {
    const key = await findSigningKey(pool, keyId);
    if (key === undefined) return { key, bytes: Buffer.alloc(0), networks: undefined, readAtMs };
    const bytes =
      key.algorithm === 'hmac-sha256' ? sealing.unseal(key.keyMaterial, keyContext(keyId)) : key.keyMaterial;
    const { lastUsedAtMs } = key;
    if (lastUsedAtMs === null || readAtMs - lastUsedAtMs > USED_EVERY_MS) {
      markKeyUsed(pool, keyId, readAtMs).catch((error: unknown) =>
        log.debug({ err: error, keyId }, 'the use of a key could not be noted'),
      );
    }
    return { key, bytes, networks: networksOf(key.networks), readAtMs };
  }

  async function find(keyId: string): Promise<Known> {
    const nowMs = now();
    const before = await known.get(keyId);
    if (before !== undefined && Math.abs(nowMs - before.readAtMs) < KNOWN_FOR_MS) return before;
    const reading = read(keyId, nowMs);
    known.set(keyId, reading);
    try {
      const found = await reading;
      // Nobody fills the memory with keys that are none.
      if (found.key === undefined) known.delete(keyId);
      return found;
    } catch (error) {
      known.delete(keyId);
      throw error;
    }
  }

  function isExpired({ expiresAtMs }: SigningKey): boolean {
    return expiresAtMs !== null && expiresAtMs <= now();
  }

  function isNew(name: string, goodUntilMs: number): boolean {
    if (seen.has(name)) return false;
    for (const [oldest, untilMs] of seen) {
      if (untilMs > now() && seen.size < SEEN_LIMIT) break;
      seen.delete(oldest);
    }
    seen.set(name, goodUntilMs);
    return true;
  }

  return {
    async verify(shown) {
      const { keyId, signature, ip } = shown;
      const windowMs = Number(shown.window);
      const atMs = Number(shown.timestamp);
      const { key, bytes, networks } = await find(keyId);
      if (key === undefined || isExpired(key)) return 'invalid_signature';
      if (!isSignatureGood(key.algorithm, bytes, textToSign(shown), signature)) return 'invalid_signature';
      if (atMs > now() + AHEAD_MS || now() > atMs + windowMs) return 'stale_timestamp';
      if (networks !== undefined && !isWithin(networks, ip)) return 'ip_not_allowed';
      if (!isNew(`${keyId} ${signature}`, atMs + windowMs)) return 'signature_replayed';
      const { userId, accountId, role, scopes, pointsPerMinute } = key;
      return {
        userId,
        accountId,
        role,
        scopes,
        sessionId: sessionOfKey(keyId),
        expiresAtMs: now() + CLAIMS_MS,
        ...(pointsPerMinute === null ? {} : { keyPoints: pointsPerMinute }),
      };
    },
    async isAlive(keyId) {
      const { key } = await find(keyId);
      return key !== undefined && !isExpired(key);
    },
  };
}

function networksOf(networks: readonly string[]): BlockList | undefined {
  if (networks.length === 0) return undefined;
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/') as [string, string];
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** @param networks empty: anywhere */
export function isWithinNetworks(networks: readonly string[], ip: string): boolean {
  const list = networksOf(networks);
  return list === undefined || isWithin(list, ip);
}

function isWithin(networks: BlockList, ip: string): boolean {
  // An IPv4 client of a socket that takes both.
  const address = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
  return networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
