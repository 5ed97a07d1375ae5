import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** Time-based one-time passwords (RFC 6238) as every authenticator app has them: SHA-1, six digits, 30 seconds. */

const PERIOD_SECONDS = 30;
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;
/** Steps that a clock may be off, either way. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** 120 bits: enough for a fast hash to be kept of it. */
const RECOVERY_BYTES = 15;

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** What an authenticator app is given: to be typed, and to be shown as a QR code. */
export function describeTotp(
  secret: Buffer,
  email: string,
): { readonly secret: string; readonly uri: string } {
  const totp = totpOf(secret, email);
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/** The time step that the code is of; undefined when it is of none near `nowMs`. */
export function stepOf(secret: Buffer, code: string, nowMs: number): number | undefined {
  const delta = totpOf(secret, '').validate({ token: code, timestamp: nowMs, window: WINDOW });
  return delta === null ? undefined : Math.floor(nowMs / 1000 / PERIOD_SECONDS) + delta;
}

function totpOf(secret: Buffer, label: string): TOTP {
  const bytes = new Uint8Array(secret);
  return new TOTP({
    issuer: 'Bourse',
    label,
    secret: new Secret({ buffer: bytes.buffer }),
    period: PERIOD_SECONDS,
  });
}

/** For whoever lost his authenticator: `ABCD-EFGH-IJKL-MNOP-QRST-UVWX`, 120 random bits each. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = new Secret({ buffer: new Uint8Array(randomBytes(RECOVERY_BYTES)).buffer });
    return base32.match(/.{4}/g)!.join('-');
  });
}

/** However it was typed. */
export function recoveryHash(code: string): Buffer {
  return createHash('sha256').update(code.replaceAll(/[\s-]/g, '').toUpperCase()).digest();
}
