import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The passwords of 12 characters and more among the million that are used most: "10-million-password-list-top-1000000" of
 * SecLists (https://github.com/danielmiessler/SecLists, MIT), as the first bytes of their SHA-256 in lower case, in order.
 * Made by `ops/make-common-passwords.ts`.
 */
export const COMMON_PASSWORDS_FILE = join(import.meta.dirname, 'common-passwords.bin');
/** Of a hash; that another password has the same is less likely than 1 in 10^14. */
export const HASH_BYTES = 8;

let hashes: Buffer | undefined;

/** Whether many people have this password, whatever its letter case. */
export function isCommonPassword(password: string): boolean {
  hashes ??= readFileSync(COMMON_PASSWORDS_FILE);
  const wanted = createHash('sha256').update(password.toLowerCase()).digest().subarray(0, HASH_BYTES);
  let [from, to] = [0, hashes.length / HASH_BYTES];
  while (from < to) {
    const middle = (from + to) >> 1;
    const order = wanted.compare(hashes, middle * HASH_BYTES, (middle + 1) * HASH_BYTES);
    if (order === 0) return true;
    if (order < 0) to = middle;
    else from = middle + 1;
  }
  return false;
}
