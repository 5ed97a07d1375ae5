import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { DIGEST_BYTES } from '../src/http/auth/password-policy.ts';
import { MIN_PASSWORD_LENGTH } from '../src/http/auth/schema.ts';

/**
 * `node ops/common-passwords.ts LIST`: makes src/http/auth/common-passwords.bin from a list with a password a line, such as
 * 10-million-password-list-top-1000000.txt of SecLists.
 */
const [list] = process.argv.slice(2);
if (list === undefined) throw new Error('usage: node ops/common-passwords.ts LIST');
const passwords = readFileSync(list, 'utf8')
  .split(/\r?\n/)
  .filter((password) => [...password].length >= MIN_PASSWORD_LENGTH)
  .map((password) => password.toLowerCase());
const digests = [...new Set(passwords)]
  .map((password) => createHash('sha256').update(password).digest().subarray(0, DIGEST_BYTES))
  .sort(Buffer.compare);
writeFileSync(new URL('../src/http/auth/common-passwords.bin', import.meta.url), Buffer.concat(digests));
process.stdout.write(`${digests.length} passwords\n`);
