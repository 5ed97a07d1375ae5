import fc from 'fast-check';
import { type ApiDescription, type Route, resolve, type Schema, type Schemas } from './document.ts';
import { FOREIGN_FIELDS, malformedTexts, placesIn, put, withField } from './edits.ts';
import { allowed, odd, oddText, type ValueContext } from './values.ts';

/** Requests made up from the document: good ones, and good ones with something wrong. */

export const CALLERS = ['customer', 'operator', 'key', 'nobody'] as const;
export type Caller = (typeof CALLERS)[number];

export interface MadeUpRequest {
  readonly caller: Caller;
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** What was done to it. */
  readonly what: string;
  /** It has a field that the document doesn't allow: taking it would be a fault, whoever sends it. */
  readonly hasForeignField: boolean;
}

interface Draft {
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly body: unknown;
  /** Names that the document has at the top of the body. */
  readonly fields: ReadonlySet<string>;
}

/** Routes that hash a password, which takes longer than all the rest of a request: asked less often. */
const DEAR = /register|login|password|totp|api-keys|reset|confirm/;

export function madeUpRequests(
  { routes, schemas }: ApiDescription,
  seen: readonly string[],
  part: 'good' | 'bad',
): fc.Arbitrary<MadeUpRequest> {
  const context: ValueContext = { schemas, seen };
  return fc.oneof(
    ...routes.map((route) => ({
      weight: route.body !== undefined && DEAR.test(route.template) ? 1 : 6,
      arbitrary: ofRoute(route, context, part),
    })),
  );
}

function ofRoute(route: Route, context: ValueContext, part: 'good' | 'bad'): fc.Arbitrary<MadeUpRequest> {
  const draft = draftOf(route, context);
  const request =
    part === 'good'
      ? draft.map((one) => finish(one, 'as documented'))
      : fc.oneof(...mutations(route).map((mutate) => draft.chain(mutate)));
  return fc.tuple(request, callerOf(route)).map(([one, caller]) => ({ ...one, caller }));
}

function callerOf(route: Route): fc.Arbitrary<Caller> {
  const likely: Caller[] = route.template.includes('/admin/')
    ? ['operator', 'operator']
    : ['customer', 'customer', 'customer', ...(route.takesKeys ? (['key', 'key'] as const) : [])];
  return fc.constantFrom(...likely, ...likely, ...CALLERS);
}

type Made = Omit<MadeUpRequest, 'caller'>;

function draftOf(route: Route, context: ValueContext): fc.Arbitrary<Draft> {
  const parameters = route.parameters.map(({ name, in: place, required, schema }) =>
    fc
      .tuple(allowed(schema, name, context), required ? fc.constant(true) : fc.nat(2).map((n) => n === 0))
      .map(([value, isGiven]) => ({ name, place, value: String(value ?? ''), isGiven })),
  );
  const fields = new Set(route.body === undefined ? [] : fieldsOf(route.body, context.schemas));
  const body = bodyOf(route, context);
  return fc.tuple(fc.tuple(...parameters), body).map(([given, content]) => ({
    route,
    path: Object.fromEntries(
      given.filter(({ place }) => place === 'path').map(({ name, value }) => [name, value]),
    ),
    query: given
      .filter(({ place, isGiven }) => place === 'query' && isGiven)
      .map(({ name, value }) => [name, value] as const),
    body: content,
    fields,
  }));
}

/** What the document shows as often as what it allows: few of what is made of the schema alone go well together. */
function bodyOf({ body, examples }: Route, context: ValueContext): fc.Arbitrary<unknown> {
  if (body === undefined) return fc.constant(undefined);
  const made = allowed(body, '', context);
  return examples.length === 0 ? made : fc.oneof(made, fc.constantFrom(...examples));
}

function fieldsOf(given: Schema, schemas: Schemas): string[] {
  const { properties = {}, anyOf = [], oneOf = [], allOf = [] } = resolve(given, schemas);
  const inner = [...anyOf, ...oneOf, ...allOf].flatMap((one) => fieldsOf(one, schemas));
  return [...Object.keys(properties), ...inner];
}

function finish(draft: Draft, what: string, change: Partial<Made> = {}): Made {
  const { route, path, query, body } = draft;
  const filled = route.template.replaceAll(/\{([A-Za-z]+)\}/g, (_, name) =>
    // Of a dot alone a client makes another path; of nothing none at all.
    encode(path[name] ?? '').replace(/^\.{0,2}$/, '-'),
  );
  const text = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return {
    method: route.method,
    target: text === '' ? filled : `${filled}?${text}`,
    headers: route.body === undefined ? {} : { 'content-type': 'application/json' },
    body: route.body === undefined ? undefined : JSON.stringify(body),
    what,
    hasForeignField: false,
    ...change,
  };
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

type Mutation = (draft: Draft) => fc.Arbitrary<Made>;

function mutations(route: Route): Mutation[] {
  const query: Mutation[] = [unknownQuery, oddQuery, otherMethod];
  const path = route.parameters.some((one) => one.in === 'path') ? [oddPath, rawPath] : [];
  const body =
    route.body === undefined
      ? [uncalledBody]
      : [oddField, oddField, lessFields, foreignField, twiceTheField, malformed, otherType, otherBody];
  return [...query, ...path, ...path, ...body, ...body];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Mass assignment, and what would change the prototype of everything. */
const foreignField: Mutation = (draft) =>
  fc.constantFrom(...FOREIGN_FIELDS).map(([name, value]) => {
    if (!isObject(draft.body)) return finish(draft, 'as documented');
    const added = withField(JSON.stringify(draft.body), name, value);
    return finish(draft, `with a field ${name}`, { body: added, hasForeignField: !draft.fields.has(name) });
  });

const twiceTheField: Mutation = (draft) =>
  odd.map((value) => {
    const [name] = isObject(draft.body) ? Object.keys(draft.body) : [];
    if (name === undefined) return finish(draft, 'as documented');
    const twice = `${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'},`;
    return finish(draft, `${name} twice`, { body: `{${twice}${JSON.stringify(draft.body).slice(1)}` });
  });

const oddField: Mutation = (draft) =>
  fc.tuple(fc.nat(), odd).map(([n, value]) => {
    const places = placesIn(draft.body);
    const place = places[n % places.length]!;
    const { body } = finish(replaced(draft, place, value), '');
    return finish(draft, `${place.join('.')} odd`, { body });
  });

const lessFields: Mutation = (draft) =>
  fc.nat().map((n) => {
    const places = placesIn(draft.body).filter((one) => one.length > 0);
    const place = places[n % Math.max(1, places.length)];
    if (place === undefined) return finish(draft, 'as documented');
    return finish(replaced(draft, place, undefined), `without ${place.join('.')}`);
  });

function replaced(draft: Draft, place: readonly string[], value: unknown): Draft {
  return { ...draft, body: put(draft.body, place, value) };
}

const malformed: Mutation = (draft) => {
  const text = JSON.stringify(draft.body) ?? '';
  return fc.constantFrom(...malformedTexts(text)).map((body) => finish(draft, 'malformed', { body }));
};

const otherType: Mutation = (draft) =>
  fc
    .constantFrom<Readonly<Record<string, string>>>(
      {},
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'application/xml' },
      { 'content-type': 'application/json; charset=utf-16' },
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      { 'content-type': 'application/json, text/plain' },
    )
    .map((headers) => finish(draft, 'of another type', { headers }));

const otherBody: Mutation = (draft) =>
  odd.map((value) => finish(draft, 'another body', { body: JSON.stringify(value) ?? '' }));

const uncalledBody: Mutation = (draft) =>
  fc
    .constantFrom('{}', '[', 'x'.repeat(100_000))
    .map((body) => finish(draft, 'with a body', { body, headers: { 'content-type': 'application/json' } }));

const unknownQuery: Mutation = (draft) =>
  fc
    .tuple(
      fc.constantFrom('x', '__proto__', 'constructor', 'accountId', 'userId', 'limit[]', 'market[$ne]', ''),
      oddText,
    )
    .map((added) => finish({ ...draft, query: [...draft.query, added] }, `with ?${added[0]}`));

const oddQuery: Mutation = (draft) =>
  fc.tuple(fc.nat(), oddText, fc.boolean()).map(([n, value, isAdded]) => {
    const names = draft.route.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    const name = names[n % Math.max(1, names.length)] ?? 'limit';
    const others = isAdded ? draft.query : draft.query.filter(([other]) => other !== name);
    return finish({ ...draft, query: [...others, [name, value]] }, `odd ?${name}`);
  });

const oddPath: Mutation = (draft) =>
  fc.tuple(fc.constantFrom(...Object.keys(draft.path)), oddText).map(([name, value]) => {
    return finish({ ...draft, path: { ...draft.path, [name]: value } }, `odd ${name} in the path`);
  });

const RAW = ['%', '%2', '%zz', '%ff', '%00', '%2e%2e', '..%2f..', '%5c', 'a;b=c', 'a//b', '%c0%af', '*', '@'];
const rawPath: Mutation = (draft) =>
  fc.constantFrom(...RAW).map((raw) => {
    const target = draft.route.template.replaceAll(/\{[A-Za-z]+\}/g, raw);
    return finish(draft, 'a raw path', { target });
  });

const otherMethod: Mutation = (draft) =>
  fc
    .constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND')
    .map((method) => finish(draft, `as ${method}`, { method }));
