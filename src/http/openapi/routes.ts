import type Router from '@koa/router';
import type { RequestState } from '../state.ts';
import { docsPage } from './docs-page.ts';
import { openApiDocument } from './document.ts';
import type { Operations } from './operation.ts';

/** Made when first asked for: start-up does not wait for a document. */
export function documentRoutes(router: Router<RequestState>, operations: Operations, version: string): void {
  let json: string | undefined;
  router.get('/openapi.json', (ctx) => {
    json ??= JSON.stringify(openApiDocument(operations, version));
    ctx.set('Content-Type', 'application/json; charset=utf-8');
    ctx.body = json;
  });

  let page: ReturnType<typeof docsPage> | undefined;
  router.get('/docs', (ctx) => {
    page ??= docsPage(openApiDocument(operations, version));
    ctx.set('Content-Security-Policy', page.contentSecurityPolicy);
    ctx.set('Content-Type', 'text/html; charset=utf-8');
    ctx.body = page.html;
  });
}
