import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps small secrets in the database so that the database alone does not tell them. */
export interface Sealing {
  /** @param context what it is and whose: it can't be unsealed in the place of another */
  seal(secret: Buffer, context: string): Buffer;
  /** @throws when it was changed, or sealed with another key or for another context */
  unseal(sealed: Buffer, context: string): Buffer;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with a key made of the data key by HKDF-SHA-256. A sealed secret is a version byte, the nonce, the
 * ciphertext and the tag.
 * @param dataKey at least 32 bytes
 */
export function createSealing(dataKey: string): Sealing {
  if (Buffer.byteLength(dataKey) < 32) throw new RangeError('The data key must have at least 32 bytes.');
  const key = Buffer.from(hkdfSync('sha256', dataKey, '', 'bourse sealed secrets', 32));
  return {
    seal(secret, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const encrypted = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, encrypted, cipher.getAuthTag()]);
    },
    unseal(sealed, context) {
      if (sealed[0] !== VERSION) throw new Error('sealed with a version that is not known');
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
      const encrypted = sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(context))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(encrypted), decipher.final()]);
    },
  };
}
