import type { Middleware } from 'koa';
import { nanoid } from 'nanoid';

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Names every request, in `ctx.state.requestId` and in the reply's X-Request-Id. A name that the client or a proxy
 * sent is kept when it is harmless. Our own are a random prefix of the process and a counter: unique, and almost free.
 */
export function requestId(): Middleware {
  const prefix = nanoid(10);
  let count = 0;
  return (ctx, next) => {
    const given = ctx.req.headers['x-request-id'];
    if (typeof given === 'string' && ACCEPTABLE.test(given)) {
      ctx.state.requestId = given;
    } else {
      count += 1;
      ctx.state.requestId = `${prefix}-${count.toString(36)}`;
    }
    ctx.res.setHeader('X-Request-Id', ctx.state.requestId);
    return next();
  };
}
