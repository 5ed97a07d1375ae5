import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { asyncApiDocument } from '../../../src/http/websocket/asyncapi.ts';
import type { Schema, Schemas } from '../../fuzz/document.ts';
import { readFrames } from '../../fuzz/frames.ts';
import { allowed } from '../../fuzz/values.ts';
import { type Frame, TestClient } from '../websocket/client.ts';
import { fieldsIn, LOOKS_OWNED, NOBODYS, renamed, textsIn } from './foreign-names.ts';
import { OTHER_MARKET, type Scene, startScene } from './people.ts';

const CHANNELS = ['orders', 'fills', 'balances', 'preventedMatches', 'withdrawals'];

async function reading({ victim }: Scene): Promise<unknown> {
  const paths = ['/v1/orders', '/v1/orders?status=past', '/v1/balances', '/v1/fills', '/v1/ledger', '/v1/me'];
  return Promise.all(paths.map(async (path) => (await victim.get(path)).body));
}

/** Parameters of a method that name what is the victim’s wherever it takes a name. */
function attempts(
  t: ExecutionContext,
  { victim }: Scene,
  method: string,
  schema: Schema,
  schemas: Schemas,
): Frame[] {
  const params = schema.properties?.['params'];
  if (params === undefined) return [undefined];
  const names = [...fieldsIn(params, schemas)].filter((name) => LOOKS_OWNED.test(name) && !NOBODYS.has(name));
  for (const name of names) {
    if (victim.owned[name] === undefined)
      t.fail(`${method} takes '${name}': add what the victim has of it to createVictim in people.ts`);
  }
  const made = fc.sample(allowed(params, '', { schemas, seen: [] }), { numRuns: 40, seed: 11 });
  return made.map((one, index) =>
    renamed(one, {
      market: OTHER_MARKET,
      ...Object.fromEntries(
        names.map((name) => [name, victim.owned[name]![index % victim.owned[name]!.length]!]),
      ),
    }),
  );
}

test('no method and no channel of a socket tells or changes what is another’s', async (t) => {
  const scene = await startScene(t);
  const attacker = await scene.attacker();
  const { requests, schemas } = readFrames(asyncApiDocument('0.0.0'));
  const before = await reading(scene);
  const secrets = new Set(
    Object.values(scene.victim.owned)
      .flat()
      .filter((text) => text.length > 2),
  );
  const client = await TestClient.connect(t, scene.url);
  await client.ask('authenticate', { token: attacker.token });
  let tried = 0;
  for (const [method, schema] of Object.entries(requests)) {
    for (const params of attempts(t, scene, method, schema, schemas)) {
      const answer = await client.request(method, params);
      const said = new Set(textsIn(params));
      const told = textsIn(answer).filter((text) => secrets.has(text) && !said.has(text));
      t.deepEqual(told, [], `${method} ${JSON.stringify(params)}: ${JSON.stringify(answer).slice(0, 400)}`);
      if (params?.orderId !== undefined && method !== 'order.place')
        t.false(answer.ok, JSON.stringify(answer));
      tried += 1;
    }
  }
  t.true(tried > 100, `${tried} requests`);

  // Another’s sequences are no way to another’s frames, and another’s token does not turn a socket into his.
  for (const channel of CHANNELS) {
    for (const fromSequence of [0, 1, 5, 20, 1_000, Number.MAX_SAFE_INTEGER])
      await client.request('subscribe', { channel, fromSequence });
    await client.request('subscribe', { channel });
    await client.request('subscribe', { channel, accountId: scene.victim.accountId });
  }
  const other = await client.request('authenticate', { token: scene.victim.token });
  t.is(other.error.code, 'account_mismatch');
  t.deepEqual(await reading(scene), before, 'nothing of the victim is another than before');

  // The victim trades while the attacker listens to all that he can.
  const placed = await scene.victim.limit('buy', '95', '0.25', { clientOrderId: 'victims-late-9' });
  await scene.victim.delete(`/v1/orders/${placed.body.order.id}`);
  const mine = await client.ask('order.place', {
    market: OTHER_MARKET,
    side: 'buy',
    type: 'limit',
    price: '90',
    quantity: '0.1',
  });
  await client.take(
    (frame) =>
      frame.channel === 'account' &&
      frame.data.orders?.some(({ id }: { id: string }) => id === mine.order.id),
  );
  const heard = textsIn(client.frames);
  t.deepEqual(
    heard.filter((text) => text.startsWith('victims-') || scene.victim.owned['id']!.includes(text)),
    [],
  );
});

test('a socket that is not signed in, or with a key without the scope, gets nothing private', async (t) => {
  const scene = await startScene(t);
  const { requests, schemas } = readFrames(asyncApiDocument('0.0.0'));
  const stranger = await TestClient.connect(t, scene.url);
  for (const method of Object.keys(requests)) {
    if (!method.startsWith('order.')) continue;
    for (const params of attempts(t, scene, method, requests[method]!, schemas).slice(0, 5)) {
      const { ok, error } = await stranger.request(method, params);
      t.false(ok, method);
      t.true(['unauthenticated', 'invalid_request'].includes(error.code), `${method}: ${error.code}`);
    }
  }
  for (const channel of CHANNELS)
    t.is((await stranger.request('subscribe', { channel })).error.code, 'unauthenticated', channel);
});
