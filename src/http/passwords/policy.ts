import { type BreachFile, openBreachFile } from './breach-file.ts';
import { isCommonPassword } from './common-passwords.ts';
import { isPredictable, wordsOf } from './predictable.ts';

export type PasswordWeakness = 'breached_password' | 'predictable_password';

/** What a new password must not be. How long it must be is for the schema. */
export interface PasswordPolicy {
  /** @param email of whoever chooses it */
  weaknessOf(password: string, email: string): Promise<PasswordWeakness | undefined>;
}

export const WEAKNESSES = Object.freeze({
  breached_password: 'This password is in lists that are tried first: choose another.',
  predictable_password:
    'This password can be guessed from your address or from how it begins: choose another.',
}) satisfies Record<PasswordWeakness, string>;

/** Everybody’s words here. */
export const EXCHANGE_WORDS = Object.freeze([
  'bourse',
  'exchange',
  'password',
  'passwort',
  'bitcoin',
  'trading',
]);

/**
 * Asks nobody elsewhere.
 * @param breachFile the file of "Have I Been Pwned" ordered by hash, beside the list that is built in
 * @throws {BreachFileError} when that file can't be used
 */
export async function createPasswordPolicy(breachFile?: string): Promise<PasswordPolicy> {
  const breaches: BreachFile | undefined =
    breachFile === undefined ? undefined : await openBreachFile(breachFile);
  return {
    async weaknessOf(password, email) {
      if (isPredictable(password, [...EXCHANGE_WORDS, ...wordsOf(email)])) return 'predictable_password';
      if (isCommonPassword(password) || (await breaches?.has(password))) return 'breached_password';
      return undefined;
    },
  };
}
