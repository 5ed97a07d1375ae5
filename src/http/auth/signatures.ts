import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { KeyAlgorithm } from '../../domain/api-keys.ts';

/** A request as it is signed. */
export interface SignedRequest {
  /** Milliseconds since the Unix epoch, as it was sent. */
  readonly timestamp: string;
  /** Milliseconds for which the signature is good from then on, as it was sent. */
  readonly window: string;
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  readonly body: Buffer;
}

/** What is signed: five lines, the last of them the SHA-256 of the body in hexadecimal. */
export function textToSign({ timestamp, window, method, target, body }: SignedRequest): string {
  const digest = createHash('sha256').update(body).digest('hex');
  return [timestamp, window, method, target, digest].join('\n');
}

/** DER of an Ed25519 public key (RFC 8410) up to the key itself. */
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;
const HMAC_BYTES = 32;

/** @param publicKey 32 bytes, base64; undefined when it is not a key */
export function parseEd25519(publicKey: string): Buffer | undefined {
  const bytes = Buffer.from(publicKey, 'base64');
  if (bytes.length !== ED25519_KEY_BYTES || bytes.toString('base64') !== publicKey) return undefined;
  // With a key of small order, signatures are good for texts that nobody signed.
  return isEd25519(bytes) ? bytes : undefined;
}

/** Points of small order, in every encoding, with the sign bit masked: RFC 8032 leaves it to us to refuse them. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

function isEd25519(bytes: Buffer): boolean {
  const masked = Buffer.from(bytes);
  masked[ED25519_KEY_BYTES - 1]! &= 0x7f;
  if (SMALL_ORDER.has(masked.toString('hex'))) return false;
  try {
    return publicKeyOf(bytes).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

function publicKeyOf(bytes: Buffer) {
  return createPublicKey({ key: Buffer.concat([ED25519_PREFIX, bytes]), format: 'der', type: 'spki' });
}

/**
 * @param algorithm an OAuth client's key signs nothing
 * @param key the secret, or the public key
 * @param signature base64
 */
export function isSignatureGood(
  algorithm: KeyAlgorithm,
  key: Buffer,
  text: string,
  signature: string,
): boolean {
  if (algorithm === 'client-secret') return false;
  const shown = Buffer.from(signature, 'base64');
  if (shown.toString('base64') !== signature) return false;
  if (algorithm === 'hmac-sha256') {
    const right = createHmac('sha256', key).update(text).digest();
    return shown.length === HMAC_BYTES && timingSafeEqual(shown, right);
  }
  return shown.length === ED25519_SIGNATURE_BYTES && verify(null, Buffer.from(text), publicKeyOf(key), shown);
}
