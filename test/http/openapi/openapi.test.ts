import Router from '@koa/router';
import test from 'ava';
import { Registry } from 'prom-client';
import type { Gateway } from '../../../src/http/gateway.ts';
import { createMemoryCounters } from '../../../src/http/limits/counters.ts';
import { shapeOfLayer } from '../../../src/http/middleware/validate.ts';
import { httpStatus } from '../../../src/http/problem.ts';
import { operations, registerRoutes } from '../../../src/http/routes.ts';
import type { RequestState } from '../../../src/http/state.ts';
import { unlimitedRequests } from '../../support/limits.ts';
import { exchangeThatIs, startGateway } from '../gateway.ts';

const pass = (_: unknown, next: () => Promise<unknown>) => next();

function routes() {
  const router = new Router<RequestState>();
  const gateway = {
    authentication: { session: pass, key: pass, allow: () => pass, operator: () => pass },
    attemptLimits: { windowSeconds: 1, perAddress: 1, perAddressAndPerson: 1, perPerson: 1 },
    counters: createMemoryCounters(),
    requestLimits: unlimitedRequests(),
    metrics: new Registry(),
    version: '0',
  };
  registerRoutes(router, gateway as unknown as Gateway);
  return router.stack.flatMap((layer) =>
    layer.methods
      .filter((method) => method !== 'HEAD')
      .map((method) => ({ key: `${method} ${layer.path}`, stack: layer.stack })),
  );
}

test('every route is in the document and every documented route exists', (t) => {
  t.deepEqual(
    routes()
      .map(({ key }) => key)
      .sort(),
    Object.keys(operations).sort(),
  );
});

test('the document is made of the schemas that the routes validate with', (t) => {
  for (const { key, stack } of routes()) {
    const shapes = stack.map((layer) => shapeOfLayer.get(layer)).filter((shape) => shape !== undefined);
    const documented = operations[key as keyof typeof operations]!.request;
    t.deepEqual(shapes.length, documented === undefined ? 0 : 1, key);
    t.is(shapes[0], documented, key);
    const inPath = [...key.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1]);
    const params = documented?.params as { shape?: object } | undefined;
    t.deepEqual(Object.keys(params?.shape ?? {}), inPath, key);
  }
});

test('serves OpenAPI 3.1 with every rejection among the problem codes', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { status, body } = await gateway.request('GET', '/openapi.json');
  t.is(status, 200);
  t.regex(body.openapi, /^3\.1/);
  t.true(
    Object.keys(httpStatus).every((code) =>
      body.components.schemas.Problem.properties.code.enum.includes(code),
    ),
  );
  const references = new Set(
    [...JSON.stringify(body).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]!),
  );
  for (const name of references) t.truthy(body.components.schemas[name], name);
  const ids = Object.values(body.paths).flatMap((path) =>
    Object.values(path as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
  );
  t.is(new Set(ids).size, ids.length);
});

test('the page shows every route and asks nobody for anything', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { status, body, headers } = await gateway.request('GET', '/docs');
  t.is(status, 200);
  t.regex(headers.get('content-type')!, /^text\/html/);
  t.notRegex(body, /(?:src|href)="(?:https?:)?\/\//);
  t.notRegex(body, /<script/);
  for (const key of Object.keys(operations)) {
    t.true(body.includes(`<code>${key.split(' ')[1]!.replaceAll(/:([A-Za-z]+)/g, '{$1}')}</code>`), key);
  }
  t.regex(body, /id="insufficient_funds"/);
  t.regex(headers.get('content-security-policy')!, /^default-src 'none'; style-src 'sha256-/);
});
