/** Characters that must be left of a password without the words that everybody would try first. */
const CHARACTERS_BESIDE_WORDS = 8;
const MIN_WORD = 4;
const MIN_DIFFERENT_CHARACTERS = 5;
/** Of the steps from one character to the next, how many may be the same one: as in `12345678` or `zyxwvu`. */
const MAX_SHARE_OF_ONE_STEP = 0.7;

/**
 * Whether a password can be told from who has it and where, or from how it begins.
 * @param words what belongs to the person and the exchange
 */
export function isPredictable(password: string, words: readonly string[]): boolean {
  const text = password.toLowerCase();
  if (new Set(text).size < MIN_DIFFERENT_CHARACTERS) return true;
  const steps = new Map<number, number>();
  for (let index = 1; index < text.length; index += 1) {
    const step = text.charCodeAt(index) - text.charCodeAt(index - 1);
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  const sameStep = Math.max(steps.get(0) ?? 0, steps.get(1) ?? 0, steps.get(-1) ?? 0);
  if (sameStep > (text.length - 1) * MAX_SHARE_OF_ONE_STEP) return true;
  if (isRepetition(text)) return true;
  let rest = text;
  for (const word of [...words].sort((a, b) => b.length - a.length)) {
    if (word.length >= MIN_WORD) rest = rest.replaceAll(word.toLowerCase(), '');
  }
  return rest.length < Math.min(CHARACTERS_BESIDE_WORDS, text.length);
}

/** Words of an e-mail address: what is before the @, whole and in its parts, and the name of the host. */
export function wordsOf(email: string): string[] {
  const [local = '', host = ''] = email.split('@');
  return [local, ...local.split(/[._+-]/), host, host.split('.').at(-2) ?? ''];
}

/** Whether it is one piece of at most half its length again and again, the last one cut off perhaps. */
function isRepetition(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.slice(length) === text.slice(0, -length)) return true;
  }
  return false;
}
