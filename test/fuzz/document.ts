import { z } from 'zod';

/** The routes as a stranger knows them: everything is read from the served OpenAPI document, nothing from src. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly example?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

export type Schemas = Readonly<Record<string, Schema>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

export interface DocumentedReply {
  /** Problem codes; empty where it is not a problem. */
  readonly codes: ReadonlySet<string>;
  /** Type without parameters; undefined: no body. */
  readonly contentType: string | undefined;
  /** Says what is wrong with a body, or nothing. */
  check(body: unknown): string | undefined;
}

export interface Route {
  /** As in the table of operations, for example `GET /v1/orders/{id}`. */
  readonly key: string;
  readonly method: string;
  readonly template: string;
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  /** Bodies that the document shows. */
  readonly examples: readonly unknown[];
  readonly replies: ReadonlyMap<number, DocumentedReply>;
  readonly isPublic: boolean;
  readonly takesKeys: boolean;
}

export interface ApiDescription {
  readonly routes: readonly Route[];
  readonly schemas: Schemas;
  /** The route that a request reaches; one without parameters wins. */
  routeOf(method: string, path: string): Route | undefined;
}

interface DocumentedBody {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface DocumentedOperation {
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, DocumentedBody>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
      }
    >
  >;
}

export function readDocument(json: string): ApiDescription {
  const document = JSON.parse(json.replaceAll('"#/components/schemas/', '"#/$defs/'));
  const schemas = document.components.schemas as Schemas;
  const routes = Object.entries(
    document.paths as Record<string, Readonly<Record<string, DocumentedOperation>>>,
  ).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      describeRoute(method.toUpperCase(), template, operation, schemas),
    ),
  );
  const bySpecificity = [...routes].sort(
    (one, other) => Number(one.template.includes('{')) - Number(other.template.includes('{')),
  );
  return {
    routes,
    schemas,
    routeOf: (method, path) =>
      bySpecificity.find((route) => route.method === method && route.pattern.test(path)),
  };
}

function describeRoute(
  method: string,
  template: string,
  operation: DocumentedOperation,
  schemas: Schemas,
): Route {
  const content = operation.requestBody?.content['application/json'];
  const body = content?.schema;
  const example = body === undefined ? undefined : resolve(body, schemas).example;
  return {
    key: `${method} ${template}`,
    method,
    template,
    pattern: new RegExp(`^${template.replaceAll(/\{[A-Za-z]+\}/g, '[^/]+')}$`),
    parameters: operation.parameters ?? [],
    body,
    examples: [
      ...Object.values(content?.examples ?? {}).map(({ value }) => value),
      ...(example === undefined ? [] : [example]),
    ],
    replies: new Map(
      Object.entries(operation.responses).map(([status, reply]) => [
        Number(status),
        describeReply(reply, schemas),
      ]),
    ),
    isPublic: operation.security === undefined,
    takesKeys: operation.security?.some((way) => 'apiKey' in way) ?? false,
  };
}

function describeReply(
  { description, content }: DocumentedOperation['responses'][string],
  schemas: Schemas,
): DocumentedReply {
  const [contentType, media] = Object.entries(content ?? {})[0] ?? [undefined, undefined];
  const isProblem = contentType === 'application/problem+json';
  let compiled: z.ZodType | undefined;
  return {
    contentType,
    codes: new Set(isProblem ? [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code!) : []),
    check(body) {
      if (media === undefined) return body === '' ? undefined : 'a body where the document has none';
      compiled ??= z.fromJSONSchema({ ...media.schema, $defs: schemas } as never);
      const result = compiled.safeParse(body);
      return result.success ? undefined : z.prettifyError(result.error);
    },
  };
}

export function resolve(schema: Schema, schemas: Schemas): Schema {
  if (schema.$ref === undefined) return schema;
  const found = schemas[schema.$ref.replace('#/$defs/', '')];
  if (found === undefined) throw new Error(`the document has no schema ${schema.$ref}`);
  return resolve(found, schemas);
}
