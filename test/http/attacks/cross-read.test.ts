import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type ApiDescription, type Route, readDocument } from '../../fuzz/document.ts';
import { allowed } from '../../fuzz/values.ts';
import type { Reply } from '../gateway.ts';
import { NOBODYS, ownedNames, renamed, textsIn } from './foreign-names.ts';
import { type Attacker, OTHER_MARKET, type Scene, startScene } from './people.ts';

async function readApi(scene: Scene): Promise<ApiDescription> {
  return readDocument(JSON.stringify((await scene.request('GET', '/openapi.json')).body));
}

/** Who came after the newest tree of liabilities was made has no part in it. */
const LATE_COMERS_LACK = new Set(['/v1/me/liability-proof']);

/** Everything that one reads of his own without saying which. */
async function readingOf(
  { routes }: ApiDescription,
  get: (path: string) => Promise<Reply>,
  isPublic: boolean,
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { method, template, isPublic: forAll, key } of routes) {
    if (method !== 'GET' || forAll !== isPublic || template === '/metrics') continue;
    const path = template.replace('{market}', 'BTC-USDT');
    if (path.includes('{') || path.includes('/admin/')) continue;
    const addresses = template === '/v1/orders' ? [path, `${path}?status=past`] : [path];
    for (const address of addresses) {
      const { status, body } = await get(address);
      if (status === 404 && LATE_COMERS_LACK.has(template)) continue;
      if (status !== 200) throw new Error(`${key} answered ${status} ${JSON.stringify(body)}`);
      found[address] = body;
    }
  }
  return found;
}

/** Files that are the same for everybody; where they are not built, as here, they are answered with 503. */
const BUILT_PAGES = new Set(['/', '/console', '/sign-in/callback']);

/** What a stranger may have done by knowing an address: it sends a mail, and changes nothing until that is used. */
const ANYBODYS = new Set(['password.reset_asked done', 'email.confirmation_asked done']);

interface Attempt {
  readonly path: string;
  readonly body: unknown;
  /** Names something of the victim's in the path: it must be refused. */
  readonly isAimed: boolean;
}

/** Calls of a route that name what is the victim's wherever it takes a name. */
function attempts(t: ExecutionContext, api: ApiDescription, scene: Scene, route: Route): Attempt[] {
  const names = ownedNames(route, api.schemas);
  const all = [...names.path, ...names.query, ...names.body];
  const { owned } = scene.victim;
  for (const name of all) {
    if (owned[name] === undefined)
      t.fail(
        `${route.key} takes '${name}': add what the victim has of that name to createVictim in people.ts, or, if it ` +
          'names nobody’s thing, to NOBODYS in foreign-names.ts',
      );
  }
  // Each of the longest list once, the others in turn.
  const count = Math.max(1, ...all.map((name) => owned[name]?.length ?? 0));
  const bodies =
    route.body === undefined
      ? []
      : fc.sample(allowed(route.body, '', { schemas: api.schemas, seen: [] }), { numRuns: count, seed: 7 });
  return Array.from({ length: count }, (_, index) => {
    const pick = (name: string) => {
      const values = owned[name] ?? ['none'];
      return values[index % values.length] ?? 'none';
    };
    const market = route.method === 'GET' ? 'BTC-USDT' : OTHER_MARKET;
    const path = route.template.replaceAll(/\{([A-Za-z]+)\}/g, (_match, name) =>
      encodeURIComponent(name === 'market' ? market : NOBODYS.has(name) ? 'none' : pick(name)),
    );
    const query = names.query.map((name) => `${name}=${encodeURIComponent(pick(name))}`).join('&');
    // Whoever knows the password is he, to the exchange.
    const password: Record<string, string> = route.isPublic
      ? { password: 'what the victim does not use' }
      : {};
    const fields = {
      market,
      ...password,
      ...Object.fromEntries(names.body.map((name) => [name, pick(name)])),
    };
    return {
      path: query === '' ? path : `${path}?${query}`,
      body: route.body === undefined ? undefined : renamed(bodies[index], fields),
      isAimed: names.path.length > 0,
    };
  });
}

test('nobody reads or changes what is another’s, by whatever name he calls it', async (t) => {
  const scene = await startScene(t);
  const described = await readApi(scene);
  const api = { ...described, routes: described.routes.filter(({ template }) => !BUILT_PAGES.has(template)) };
  const before = await readingOf(api, scene.victim.get, false);
  t.truthy(before['/v1/me/liability-proof'], 'what others must not see');
  let attacker = await scene.attacker();
  const publicly = await readingOf(api, scene.victim.get, true);
  const his = new Set([...textsIn(publicly), ...textsIn(await readingOf(api, attacker.get, false))]);
  // What only the victim can know, and what would be told if it were in an answer to another.
  const secrets = new Set(
    [...textsIn(before), ...Object.values(scene.victim.owned).flat()].filter(
      (text) => text.length > 2 && !his.has(text),
    ),
  );
  t.true(secrets.size > 40, `${secrets.size} secrets`);
  for (const planted of [
    '3.1337',
    '88.77',
    'victims-deposit-8154',
    'victims-tag',
    'victims key',
    'victims-leg-6',
  ])
    t.true(secrets.has(planted), `${planted} is not among the secrets`);

  let tried = 0;
  async function check(route: Route, attempt: Attempt, as: string, reply: Reply): Promise<void> {
    const what = `${route.key} as ${as} with ${attempt.path} ${JSON.stringify(attempt.body)}: ${reply.status} ${JSON.stringify(reply.body).slice(0, 400)}`;
    const said = new Set([...textsIn(attempt.body), ...attempt.path.split(/[/?&=]/).map(decodeURIComponent)]);
    const told = textsIn(reply.body).filter((text) => secrets.has(text) && !said.has(text));
    t.deepEqual(told, [], `told of the victim: ${what}`);
    t.true(reply.status < 500, what);
    if (attempt.isAimed) t.true(reply.status >= 400, `was let in: ${what}`);
    tried += 1;
  }
  const isAlive = async (one: Attacker) =>
    (await one.get('/v1/me')).status === 200 && (await one.signed('GET', '/v1/balances')).status === 200;

  for (const route of api.routes) {
    for (const attempt of attempts(t, api, scene, route)) {
      const { path, body } = attempt;
      const sent = { token: attacker.token, ...(body === undefined ? {} : { body }) };
      await check(route, attempt, 'a person', await scene.request(route.method, path, sent));
      if (!route.isPublic && route.method !== 'GET' && !(await isAlive(attacker)))
        attacker = await scene.attacker();
      if (route.isPublic || !route.takesKeys) continue;
      await check(route, attempt, 'a program', await attacker.signed(route.method, path, body));
    }
  }
  t.true(tried > 150, `${tried} calls`);
  // That somebody tried to sign in as him is for him to see.
  const after = await readingOf(api, scene.victim.get, false);
  const { '/v1/me/security-events': eventsBefore, ...rest } = before;
  const { '/v1/me/security-events': eventsAfter, ...restAfter } = after;
  t.deepEqual(restAfter, rest, 'nothing of the victim is another than before');
  const kinds = (events: unknown) =>
    new Set(
      (events as { items: { action: string; outcome: string }[] }).items.map(
        ({ action, outcome }) => `${action} ${outcome}`,
      ),
    );
  const added = [...kinds(eventsAfter)].filter((kind) => !kinds(eventsBefore).has(kind));
  t.true(
    added.every((kind) => kind.endsWith(' refused') || ANYBODYS.has(kind)),
    added.join(),
  );
});
