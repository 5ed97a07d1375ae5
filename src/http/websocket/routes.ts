import type Router from '@koa/router';
import type { Operations } from '../openapi/operation.ts';
import type { RequestState } from '../state.ts';
import { asyncApiDocument } from './asyncapi.ts';

export const asyncApiOperations = {
  'GET /asyncapi.json': {
    tag: 'documents',
    summary: 'The WebSocket API',
    access: 'public',
    replies: { 200: { contentType: 'application/json', description: 'AsyncAPI 3.0.' } },
    problems: [],
  },
} satisfies Operations;

/** Made when first asked for: start-up does not wait for a document. */
export function asyncApiRoutes(router: Router<RequestState>, version: string): void {
  let json: string | undefined;
  router.get('/asyncapi.json', (ctx) => {
    json ??= JSON.stringify(asyncApiDocument(version));
    ctx.set('Content-Type', 'application/json; charset=utf-8');
    ctx.body = json;
  });
}
