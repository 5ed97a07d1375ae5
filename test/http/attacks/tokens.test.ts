import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import jwt from 'jsonwebtoken';
import { operations } from '../../../src/http/routes.ts';
import { stateOf } from '../../fuzz/state.ts';
import { PASSWORD, TOKEN_SECRET } from '../gateway.ts';
import { startTrading } from '../trading.ts';

const NOT_THE_SECRET = 'another secret, which is long enough for HS256';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Tokens that are none, made of one that is good. */
function forgedTokens(good: string, victimsAccount: number): Record<string, string> {
  const [head, payload, signature] = good.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const { iss: _, exp: __, ...unlimited } = claims;
  const other = { ...claims, acc: victimsAccount };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const right = (changed: object, options: jwt.SignOptions = {}) => jwt.sign(changed, TOKEN_SECRET, options);
  const withKid = (kid: unknown, secret: string) =>
    jwt.sign(claims, secret, { header: { alg: 'HS256', kid: kid as string } });
  const unsigned = (alg: string) => `${base64({ alg, typ: 'JWT' })}.${base64(other)}.`;
  return {
    'another account': `${head}.${base64(other)}.${signature}`,
    'another role': `${head}.${base64({ ...claims, role: 'operator' })}.${signature}`,
    'no signature': `${head}.${payload}.`,
    'no third part': `${head}.${payload}`,
    'half a signature': `${head}.${payload}.${signature.slice(0, 20)}`,
    'a longer signature': `${good}AAAA`,
    'another header': `${base64({ alg: 'HS256', typ: 'JWT', x: 1 })}.${payload}.${signature}`,
    'alg none': unsigned('none'),
    'alg None': unsigned('None'),
    'alg nOnE, and a signature': unsigned('nOnE') + signature,
    'alg empty': unsigned(''),
    'another secret': jwt.sign(claims, NOT_THE_SECRET),
    'the secret reversed': jwt.sign(claims, [...TOKEN_SECRET].reverse().join('')),
    HS384: right(claims, { algorithm: 'HS384' }),
    HS512: right(claims, { algorithm: 'HS512' }),
    RS256: jwt.sign(claims, privateKey, { algorithm: 'RS256' }),
    'RS256 with its key in the header': jwt.sign(claims, privateKey, {
      algorithm: 'RS256',
      header: { alg: 'RS256', jwk: publicKey.export({ format: 'jwk' }) } as unknown as jwt.JwtHeader,
    }),
    'HS256 with a public key for a secret': jwt.sign(claims, pem),
    expired: right({ ...unlimited, iss: 'bourse', exp: claims.iat - 1 }),
    'without an end': right({ ...unlimited, iss: 'bourse' }),
    'an end that is no number': `${head}.${base64({ ...claims, exp: 'never' })}.${signature}`,
    'not good yet': right({ ...claims, nbf: claims.exp }),
    'another issuer': right({ ...claims, iss: 'bourse.example' }),
    'no issuer': right({ ...unlimited, exp: claims.exp }),
    'issuers in an array': `${head}.${base64({ ...claims, iss: ['bourse'] })}.${signature}`,
    'a session that never was': right({ ...claims, sid: 'x'.repeat(21) }),
    'a session named as a key': right({
      ...claims,
      sid: 'key:bk_aaaaaaaaaaaaaaaaaaaa',
      scp: ['read', 'trade'],
    }),
    'a key’s scopes for a session': right({ ...claims, scp: ['read', 'trade'] }),
    'a role that there is none of': right({ ...claims, role: 'god' }),
    'a user that is text': right({ ...claims, sub: '1 or 1=1' }),
    'a kid that is a path': withKid('../../../../dev/null', NOT_THE_SECRET),
    'a kid that is SQL': withKid("x' union select 'secret' --", NOT_THE_SECRET),
    'a kid that is an array': withKid(['a', 'b'], NOT_THE_SECRET),
    'a kid that is __proto__': withKid('__proto__', NOT_THE_SECRET),
    'not three parts': 'a.b.c.d',
    'no JSON': `${Buffer.from('{').toString('base64url')}.${payload}.${signature}`,
    null: 'null',
    'very long': `${head}.${'A'.repeat(8_000)}.${signature}`,
  };
}

test('a token that is none opens no route', async (t) => {
  const { request, trader, clock, pool } = await startTrading(t);
  const [mine, theirs] = [await trader(), await trader()];
  const ended = await trader();
  t.is((await ended.get('/v1/me')).status, 200);
  t.is((await ended.post('/v1/auth/logout')).status, 204);
  clock.nowMs += 1_000;
  const bearer = Object.entries({
    ...forgedTokens(mine.token, Number(theirs.accountId)),
    'a session that has ended': ended.token,
  }).map(([what, token]): [string, Record<string, string>] => [what, { authorization: `Bearer ${token}` }]);
  const headers: [string, Record<string, string>][] = [
    ...bearer,
    ['nothing', {}],
    ['a token without Bearer', { authorization: mine.token }],
    [
      'Basic',
      { authorization: `Basic ${Buffer.from(`trader-1@example.com:${PASSWORD}`).toString('base64')}` },
    ],
    ['two tokens', { authorization: `Bearer ${mine.token}, Bearer ${mine.token}` }],
    ['a cookie', { cookie: `accessToken=${mine.token}; token=${mine.token}` }],
    [
      'headers of proxies',
      { 'x-user-id': '1', 'x-forwarded-user': 'operator@example.com', 'x-access-token': mine.token },
    ],
  ];
  const before = await stateOf(pool);
  let tried = 0;
  for (const [key, { access }] of Object.entries(operations)) {
    if (access === 'public') continue;
    const [method, path] = key.split(' ') as [string, string];
    const target = path.replaceAll(/:[A-Za-z]+/g, '1');
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
    const asks = headers.map(async ([what, sent]) => {
      const reply = await request(method, target, { headers: sent, ...body });
      t.deepEqual([reply.status, reply.body.code], [401, 'unauthenticated'], `${key} with ${what}`);
      t.is(reply.headers.get('www-authenticate'), 'Bearer', key);
    });
    const inAddress = await request(method, `${target}?access_token=${mine.token}&token=${mine.token}`, body);
    t.is(inAddress.status, 401, `${key} with a token in the address`);
    await Promise.all(asks);
    tried += 1;
  }
  t.true(tried > 40, `${tried} routes`);
  t.deepEqual(await stateOf(pool), before, 'and nothing changed');
  t.is((await mine.get('/v1/me')).status, 200, 'the good one is good all the while');
});
