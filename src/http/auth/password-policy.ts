import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BreachFile } from './breach-file.ts';

export type PasswordRefusal = 'breached_password' | 'predictable_password';

/** Says which new passwords are refused, besides those that are too short (ASVS 5.0: 6.2.4, 6.2.11, 6.2.12). */
export interface PasswordPolicy {
  /** @param email whose password it is to be */
  refuse(password: string, email: string): Promise<PasswordRefusal | undefined>;
}

/**
 * What the file holds: the passwords of at least 12 characters among the million most used in breaches
 * (10-million-password-list-top-1000000 of SecLists, https://github.com/danielmiessler/SecLists, MIT License, Copyright (c)
 * Daniel Miessler), in lower case, as the first 6 bytes of SHA-256, sorted. `ops/common-passwords.ts` makes it. One password in
 * six thousand million that is not in the list is taken for one that is.
 */
const common = readFileSync(new URL('common-passwords.bin', import.meta.url));
export const DIGEST_BYTES = 6;

/** Words that are to be expected in a password for this exchange. */
const CONTEXT_WORDS = Object.freeze(['bourse', 'exchange', 'password', 'passwort']);
/** What must be left of a password without the words that are to be expected in it. */
const MIN_UNEXPECTED = 8;

/** @param breaches more passwords, where the operator has a list of them */
export function createPasswordPolicy(breaches?: BreachFile): PasswordPolicy {
  return {
    async refuse(password, email) {
      if (isPredictable(password, email)) return 'predictable_password';
      if (isCommon(password) || (await breaches?.has(password)) === true) return 'breached_password';
      return undefined;
    },
  };
}

function isCommon(password: string): boolean {
  const digest = createHash('sha256').update(password.toLowerCase()).digest().subarray(0, DIGEST_BYTES);
  let low = 0;
  let high = common.length / DIGEST_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * DIGEST_BYTES;
    const order = common.compare(digest, 0, DIGEST_BYTES, at, at + DIGEST_BYTES);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

/** Whether it is made of a piece repeated, of characters in a row, or of little but words that are to be expected. */
function isPredictable(password: string, email: string): boolean {
  const text = password.toLowerCase();
  return isRepeated(text) || isSequential(text) || isExpected(text, email.toLowerCase());
}

/** One piece three times or more, whatever the last one lacks: `abcabcabcabc`, `aaaaaaaaaaaa`. */
function isRepeated(text: string): boolean {
  for (let period = 1; period * 3 <= text.length; period += 1)
    if (text.startsWith(text.slice(period))) return true;
  return false;
}

/** Nothing but steps to a neighbour or the same again, but for three: `abcdefghijkl`, `1234567890123`, `aaaabbbbcccc`. */
function isSequential(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0)!);
  const jumps = codes.slice(1).filter((code, index) => Math.abs(code - codes[index]!) > 1);
  return jumps.length <= 3;
}

function isExpected(text: string, email: string): boolean {
  const [local = '', domain = ''] = email.split('@');
  const words = [email, local, domain, ...local.split(/[._+-]/), domain.split('.')[0]!, ...CONTEXT_WORDS];
  const expected = words.filter(({ length }) => length >= 3).sort((a, b) => b.length - a.length);
  const rest = expected.reduce((left, word) => left.replaceAll(word, ''), text);
  return rest !== text && [...rest].length < MIN_UNEXPECTED;
}
