import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { COMMON_PASSWORDS_FILE, HASH_BYTES } from '../src/http/passwords/common-passwords.ts';

/**
 * `node ops/make-common-passwords.ts LIST [SHORTEST]`: writes the hashes of the passwords of a list, one a line, that are long enough
 * to be chosen here at all.
 */
const [list, shortest = '12'] = process.argv.slice(2);
if (list === undefined) throw new Error('Which list? node ops/make-common-passwords.ts LIST [SHORTEST]');
const passwords = readFileSync(resolve(list), 'utf8').split(/\r?\n/);
const hashes = new Set(
  passwords
    .filter(({ length }) => length >= Number(shortest))
    .map((password) =>
      createHash('sha256')
        .update(password.toLowerCase())
        .digest('hex')
        .slice(0, HASH_BYTES * 2),
    ),
);
writeFileSync(COMMON_PASSWORDS_FILE, Buffer.from([...hashes].sort().join(''), 'hex'));
process.stdout.write(`${hashes.size} passwords in ${COMMON_PASSWORDS_FILE}\n`);
