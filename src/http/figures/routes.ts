import type Router from '@koa/router';
import type { Gateway } from '../gateway.ts';
import type { Operations } from '../openapi/operation.ts';
import type { RequestState } from '../state.ts';
import { HealthFigures, presentSample } from './schema.ts';

export const figureOperations = {
  'GET /v1/admin/health': {
    tag: 'operators',
    summary: 'How the exchange does',
    description: 'What the console draws; for longer there are the metrics.',
    access: 'operator',
    permission: 'health.read',
    replies: { 200: { schema: HealthFigures, description: 'As of now.' } },
    problems: [],
  },
} satisfies Operations;

export function figureRoutes(
  router: Router<RequestState>,
  { authentication, exchange, figures }: Gateway,
): void {
  router.get('/v1/admin/health', authentication.operator('health.read'), (ctx) => {
    ctx.body = { ready: exchange.isReady(), samples: figures.samples.map(presentSample) };
  });
}
