import type { Middleware } from 'koa';
import { Histogram, type Registry } from 'prom-client';

/**
 * Times every request by method, route and status. The route is the pattern (`/v1/orders/:id`), never the path, so
 * that clients can't create series; label lookups are remembered because prom-client hashes labels each time.
 */
export function requestMetrics(registry: Registry): Middleware {
  const histogram = new Histogram({
    name: 'bourse_http_request_duration_seconds',
    help: 'Time from the first byte of a request to its reply, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const series = new Map<string, { observe(value: number): void }>();
  return async (ctx, next) => {
    const startedAt = performance.now();
    await next();
    const route: unknown = ctx._matchedRoute;
    const name = typeof route === 'string' ? route : 'none';
    const key = `${ctx.method} ${name} ${ctx.status}`;
    let one = series.get(key);
    if (one === undefined) {
      one = histogram.labels(ctx.method, name, String(ctx.status));
      series.set(key, one);
    }
    one.observe((performance.now() - startedAt) / 1000);
  };
}
