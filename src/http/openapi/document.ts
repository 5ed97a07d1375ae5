import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { Scope } from '../../domain/api-keys.ts';
import { PERMISSIONS } from '../../domain/roles.ts';
import { gatewayStatus, httpStatus, type ProblemCode, statusOf } from '../problem.ts';
import { type Operation, type Operations, problemCodes, TAGS } from './operation.ts';

const Problem = z
  .object({
    type: z
      .string()
      .meta({ description: 'Where the code is explained.', example: '/docs#insufficient_funds' }),
    title: z.string().meta({ example: 'Insufficient funds' }),
    status: z.int().meta({ example: 422 }),
    detail: z.string().meta({ description: 'For people; may change.' }),
    code: z
      .enum(Object.keys({ ...httpStatus, ...gatewayStatus }).sort() as [ProblemCode, ...ProblemCode[]])
      .meta({ description: 'For programs; stable.' }),
    requestId: z.string().optional(),
    errors: z
      .array(
        z.object({
          in: z.enum(['body', 'query', 'path']),
          pointer: z.string().meta({ description: 'JSON Pointer as a URI fragment.', example: '#/price' }),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details, RFC 9457.' });

export type ApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of these routes, made of the schemas that they validate with. */
export function openApiDocument(operations: Operations, version: string): ApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const [key, operation] of Object.entries(operations)) {
    const [method, path] = key.split(' ') as [string, string];
    const address = path.replaceAll(/:([A-Za-z]+)/g, '{$1}');
    paths[address] = {
      ...paths[address],
      [method.toLowerCase()]: describeOperation(operation, operationId(method, path)),
    };
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Bourse',
      version,
      description:
        'A spot exchange. Prices, quantities and amounts are decimal strings; times are ISO 8601 in UTC; ids are ' +
        'strings. Every reply that says a command was done is durable. Errors are problem details (RFC 9457): ' +
        'programs look at `code`.\n\nRequests weigh points, most of them 1 (`x-points` says). Each address, account and API key has so many ' +
        'a minute: the headers `RateLimit-Policy` and `RateLimit` say how many, how many are left (`r`) and for how many ' +
        'seconds (`t`). Beyond, 429 `too_many_requests` with `Retry-After`; cancels go through up to twice the limit.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        clientCredentials: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: '/oauth/token',
              scopes: {
                read: 'To see.',
                trade: 'To place, change and cancel orders.',
                withdraw: 'Only for keys that sign.',
              } satisfies Record<Scope, string>,
            },
          },
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Bourse-Key', description: HOW_TO_SIGN },
      },
    },
  });
}

const RETRY_AFTER = Object.freeze({
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
} as const);

const HOW_TO_SIGN =
  'With X-Bourse-Timestamp (milliseconds since the Unix epoch), X-Bourse-Window (milliseconds for which the signature is good, ' +
  '5000 when left out, 60000 at most) and X-Bourse-Signature: base64 of HMAC-SHA-256 or Ed25519 over five lines without one at ' +
  'the end: timestamp, window, method, path with query as sent, SHA-256 of the body in hexadecimal. Each signature is good once.';

function securityOf({ scope }: Operation): Record<string, string[]>[] {
  if (scope === 'key') return [{ apiKey: [] }];
  if (scope === undefined) return [{ accessToken: [] }];
  return [{ accessToken: [] }, { apiKey: [] }, { clientCredentials: [scope] }];
}

/** For example `postV1OrdersId`: stable, and a name that client generators can use. */
function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function describeOperation(operation: Operation, id: string): ZodOpenApiOperationObject {
  const { request, access } = operation;
  const responses: Record<string, unknown> = {};
  for (const [status, reply] of Object.entries(operation.replies)) {
    const content = reply.schema ?? contentOf(reply.contentType);
    responses[status] = {
      description: reply.description,
      ...(content === undefined
        ? {}
        : { content: { [reply.contentType ?? 'application/json']: { schema: content } } }),
    };
  }
  for (const [status, codes] of Object.entries(problemsByStatus(operation))) {
    responses[status] = {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: Problem } },
      ...(status === '429' ? { headers: RETRY_AFTER } : {}),
    };
  }
  return {
    operationId: id,
    tags: [operation.tag],
    summary: operation.summary,
    ...describeAtLength(operation),
    'x-points': operation.weight ?? 1,
    ...(access === 'public' ? {} : { security: securityOf(operation) }),
    ...(request?.query === undefined && request?.params === undefined
      ? {}
      : {
          requestParams: {
            ...(request.params === undefined ? {} : { path: request.params as z.ZodObject }),
            ...(request.query === undefined ? {} : { query: request.query as z.ZodObject }),
          },
        }),
    ...(request?.form === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/x-www-form-urlencoded': { schema: request.form } },
          },
        }),
    ...(request?.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': describeBody(operation, request.body) },
          },
        }),
    responses: responses as ZodOpenApiOperationObject['responses'],
  };
}

function describeAtLength({ description, permission }: Operation): { readonly description?: string } {
  const may =
    permission === undefined
      ? undefined
      : `For who may \`${permission}\`: ${PERMISSIONS[permission].join(', ')}.`;
  const parts = [description, may].filter((part) => part !== undefined);
  return parts.length === 0 ? {} : { description: parts.join(' ') };
}

/** Of a reply that has no schema of its own: a document or a text. */
function contentOf(type: string | undefined): z.ZodType | undefined {
  if (type === undefined) return undefined;
  return type === 'application/json' ? z.looseObject({}) : z.string();
}

function describeBody({ examples }: Operation, schema: z.ZodType) {
  return examples === undefined ? { schema } : { schema, examples: { ...examples } };
}

function problemsByStatus(operation: Operation): Record<string, ProblemCode[]> {
  const byStatus: Record<string, ProblemCode[]> = {};
  for (const code of problemCodes(operation)) {
    byStatus[statusOf(code)] = [...(byStatus[statusOf(code)] ?? []), code];
  }
  return byStatus;
}
