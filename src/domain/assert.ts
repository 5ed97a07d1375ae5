/** Thrown when something that must always hold does not: a bug, never a refusal. It stays on in production. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

/**
 * States what must hold.
 *
 * The message is a plain string, so that a check that holds costs one comparison, also in the matching loop.
 *
 * @throws AssertionFailed when the condition is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}

/**
 * Says that something which must always hold does not. For checks in the matching loop: V8 compiles
 * `if (!holds) violated(message)` to a test and a jump, and `assert(holds, message)` to more.
 *
 * @throws AssertionFailed always.
 */
export function violated(message: string): never {
  throw new AssertionFailed(message);
}
