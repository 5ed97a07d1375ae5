import { type Route, resolve, type Schema, type Schemas } from '../../fuzz/document.ts';

/** Where in a request somebody else's thing could be named. */

/** Names that look as if they meant somebody's, and don't. */
export const NOBODYS = new Set([
  'market',
  'network',
  'asset',
  'provider',
  'file',
  'passkey',
  'publicKey',
  'displayQuantity',
  'tradeGroup',
  'name',
  'password',
  'newPassword',
  'challenge',
  'token',
  'code',
]);

/** What such a name looks like. */
export const LOOKS_OWNED =
  /(?:id|ref|reference|account|user|email|key|token|challenge|cursor|credential|tag)$/i;

/** Names in path, query and body that the table of the victim's things has to know. */
export function ownedNames(
  route: Route,
  schemas: Schemas,
): { path: string[]; query: string[]; body: string[] } {
  const named = (place: 'path' | 'query') =>
    route.parameters.filter((one) => one.in === place).map(({ name }) => name);
  const isOwned = (name: string) => LOOKS_OWNED.test(name) && !NOBODYS.has(name);
  return {
    path: named('path').filter((name) => !NOBODYS.has(name)),
    query: named('query').filter(isOwned),
    body: route.body === undefined ? [] : [...fieldsIn(route.body, schemas)].filter(isOwned),
  };
}

export function fieldsIn(given: Schema, schemas: Schemas): Set<string> {
  const schema = resolve(given, schemas);
  const inner = [
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...Object.values(schema.properties ?? {}),
  ].flatMap((one) => [...fieldsIn(one, schemas)]);
  return new Set([...Object.keys(schema.properties ?? {}), ...inner]);
}

/** The same body with every field of these names saying something else. */
export function renamed(body: unknown, names: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(body)) return body.map((one) => renamed(one, names));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, names[name] ?? renamed(value, names)]),
  );
}

/** Every text in a JSON value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
