import type { Context, Middleware } from 'koa';
import type { z } from 'zod';
import { type FieldError, sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { readJson } from './body.ts';
import { unstorableIn } from './storable.ts';

/** What a route takes: the same schemas that the OpenAPI document is made of. */
export interface RequestShape {
  readonly body?: z.ZodType;
  /** A body that is a form, not JSON; only `documents` takes it. */
  readonly form?: z.ZodType;
  readonly query?: z.ZodType;
  readonly params?: z.ZodType;
}

export type Input<Shape extends RequestShape> = {
  readonly [Part in keyof Shape]: Shape[Part] extends z.ZodType ? z.output<Shape[Part]> : never;
};

/** The request of each validating layer, for the test that compares routes with the document. */
export const shapeOfLayer = new WeakMap<object, RequestShape>();

/** For a route that checks its request by itself, as somebody else’s standard asks for: says what the document is made of. */
export function documents(shape: RequestShape): Middleware {
  const layer: Middleware = (_, next) => next();
  shapeOfLayer.set(layer, shape);
  return layer;
}

const MAX_ERRORS = 20;

/**
 * Reads and checks the parts of a request; the result is in `ctx.state.input`. Otherwise 400 `invalid_request` with a
 * pointer to each thing that is wrong, or what the body reader refused.
 */
export function validate<Shape extends RequestShape>(
  shape: Shape,
): Middleware<RequestState & { input: Input<Shape> }> {
  const { body, query, params } = shape;
  const layer = async (ctx: Context, next: () => Promise<unknown>): Promise<void> => {
    const input: { body?: unknown; query?: unknown; params?: unknown } = {};
    const wrong: FieldError[] = [];
    if (body !== undefined) {
      const read = await readJson(ctx.req, ctx.state.rawBody);
      if (!read.ok) {
        // The rest of the body is still on the socket, so it can't carry another request.
        if (!ctx.req.complete) ctx.set('Connection', 'close');
        sendProblem(ctx, read.code, read.detail);
        return;
      }
      check(body, read.value, 'body', input, 'body', wrong);
    }
    if (query !== undefined) check(query, { ...ctx.query }, 'query', input, 'query', wrong);
    if (params !== undefined) check(params, ctx.params, 'path', input, 'params', wrong);
    if (wrong.length > 0) {
      sendProblem(ctx, 'invalid_request', describe(wrong), { errors: wrong.slice(0, MAX_ERRORS) });
      return;
    }
    ctx.state.input = input;
    await next();
  };
  shapeOfLayer.set(layer, shape);
  return layer as Middleware<RequestState & { input: Input<Shape> }>;
}

function check(
  schema: z.ZodType,
  value: unknown,
  place: FieldError['in'],
  input: Record<string, unknown>,
  key: string,
  wrong: FieldError[],
): void {
  const result = schema.safeParse(value);
  if (!result.success) {
    wrong.push(...fieldErrors(result.error, place));
    return;
  }
  // Of what a schema let through: that has the depth and the size that the schema allows.
  const unstorable = unstorableIn(value);
  if (unstorable === undefined) input[key] = result.data;
  else
    wrong.push({
      in: place,
      pointer: pointerTo(unstorable),
      detail: 'Must be text without NUL and half characters, and not be nested deeply.',
    });
}

/** One entry for each thing wrong; an unknown field is pointed at itself rather than at what contains it. */
export function fieldErrors(error: z.ZodError, place: FieldError['in']): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        in: place,
        pointer: pointerTo([...issue.path, key]),
        detail: 'Unknown field.',
      }));
    }
    return [{ in: place, pointer: pointerTo(issue.path), detail: issue.message }];
  });
}

function pointerTo(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => String(part).slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1'));
  return `#${parts.map((part) => `/${encodeURI(part.toWellFormed())}`).join('')}`;
}

function describe(wrong: readonly FieldError[]): string {
  const [first] = wrong;
  const more = wrong.length > 1 ? ` And ${wrong.length - 1} more.` : '';
  return `${first!.in} ${first!.pointer}: ${first!.detail}${more}`;
}
