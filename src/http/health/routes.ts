import type Router from '@koa/router';
import type { Gateway } from '../gateway.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';

export function healthRoutes(router: Router<RequestState>, { exchange, metrics }: Gateway): void {
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'ok' };
  });

  router.get('/health/ready', (ctx) => {
    if (!exchange.isReady()) return sendProblem(ctx, 'not_ready', 'The exchange is not taking orders.');
    ctx.body = { status: 'ready' };
  });

  router.get('/metrics', async (ctx) => {
    ctx.set('Content-Type', metrics.contentType);
    ctx.body = await metrics.metrics();
  });
}
