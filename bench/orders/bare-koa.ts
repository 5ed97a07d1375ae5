import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import koaJwt from 'koa-jwt';

/**
 * The yardstick of REST: Koa and koa-jwt, which verifies the token of each request, and a reply of the same size. It
 * doesn't look at the body of the request, knows no routes and does nothing else.
 */
process.once('message', (task) => {
  const { secret, reply } = task as { secret: string; reply: object };
  const app = new Koa();
  app.use(koaJwt({ secret, algorithms: ['HS256'] }));
  app.use((ctx) => {
    ctx.status = 201;
    ctx.body = reply;
  });
  const server = app.listen(0, '127.0.0.1', () => {
    process.send!({ port: (server.address() as AddressInfo).port });
  });
});
