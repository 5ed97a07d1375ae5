import { createHash } from 'node:crypto';

/** Where every chain of hashes begins. */
export const GENESIS_HASH: Buffer = Buffer.alloc(32);

/** SHA-256(hash before ‖ number as 8 bytes, big-endian ‖ payload): computed here, not in PostgreSQL. */
export function chainedHash(previousHash: Buffer, number: bigint, payload: Buffer | string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(number);
  return createHash('sha256').update(previousHash).update(bytes).update(payload).digest();
}
