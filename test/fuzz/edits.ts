/** What is done to a JSON text to make it one that nobody should send. */

const FIELDS = Object.freeze({
  role: 'operator',
  accountId: '1000',
  userId: 1,
  id: '1',
  isAdmin: true,
  scopes: ['read', 'trade'],
  createdAtMs: 0,
  constructor: { prototype: { polluted: true } },
  toString: '1',
});

/** Mass assignment, and what would change the prototype of everything. */
export const FOREIGN_FIELDS: readonly (readonly [name: string, value: unknown])[] = Object.freeze([
  ...Object.entries(FIELDS),
  ['__proto__', { polluted: true }] as const,
]);

/** Written out: an object in memory would take `__proto__` for its prototype. */
export function withField(object: string, name: string, value: unknown): string {
  return `{${JSON.stringify(name)}:${JSON.stringify(value)}${object === '{}' ? '' : ','}${object.slice(1)}`;
}

export function placesIn(value: unknown, place: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...place, name]))];
}

/** @param value undefined leaves the place out */
export function put(into: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (Array.isArray(into)) {
    return into.map((one, index) => (String(index) === name ? put(one, rest, value) : one));
  }
  return { ...(into as object), [name]: put((into as Record<string, unknown>)[name], rest, value) };
}

/** Hardly any of it is JSON. */
export function malformedTexts(text: string): readonly string[] {
  return [
    '',
    ' ',
    'null',
    '{',
    '[',
    '{}{}',
    text.slice(0, -1),
    `${text},`,
    `\ufeff${text}`,
    text.replaceAll('"', "'"),
    text.replace('{', '{/* */'),
    text.replace(/:("[^"]*"|\d+)/, ':1e999'),
    text.replace(/:("[^"]*"|\d+)/, ':NaN'),
    text.replace(/"([^"]*)"/, '"\\ud800$1"'),
    text.replace(/"([^"]*)"/, '"\u0000$1"'),
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  ];
}
