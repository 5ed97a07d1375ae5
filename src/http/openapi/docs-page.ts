import { createHash } from 'node:crypto';
import { DOCS_STYLE } from './docs-style.ts';
import { proseHtml as prose, escapeHtml as text } from './html.ts';
import { problemTable } from './problem-table.ts';
import { exampleOf, type JsonSchema, schemaTable } from './schema-html.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: JsonSchema;
}

type Examples = Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;

interface MediaTypes {
  readonly [type: string]: { readonly schema?: JsonSchema; readonly examples?: Examples };
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: MediaTypes };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: MediaTypes }>
  >;
}

/** The parts of an OpenAPI document that the page shows. */
export interface RenderedDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

export interface DocsPage {
  readonly html: string;
  /** Allows the page's own style and nothing else. */
  readonly contentSecurityPolicy: string;
}

/** The document as one static page: no script, no font, no request to anywhere. */
export function docsPage(document: object): DocsPage {
  const rendered = document as RenderedDocument;
  const schemas = (rendered.components?.schemas ?? {}) as Readonly<Record<string, JsonSchema>>;
  const operations = operationsOf(rendered);
  const tags = (rendered.tags ?? []).filter(({ name }) =>
    operations.some(({ operation }) => operation.tags[0] === name),
  );
  const sections = tags.map(
    (tag) => `<section id="${text(tag.name)}"><h2>${text(tag.name)}</h2><p>${prose(tag.description ?? '')}</p>
${operations
  .filter(({ operation }) => operation.tags[0] === tag.name)
  .map((entry) => operationHtml(entry, schemas))
  .join('\n')}</section>`,
  );
  const navigation = tags.map((tag) => `<a href="#${text(tag.name)}">${text(tag.name)}</a>`).join('');
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${text(rendered.info.title)} REST API</title><style>${DOCS_STYLE}</style></head>
<body><header><h1>${text(rendered.info.title)} <small>REST API ${text(rendered.info.version)}</small></h1>
<p>${prose(rendered.info.description ?? '')}</p>
<p>For programs: <a href="/openapi.json">OpenAPI 3.1</a> and, for the WebSocket at <code>/ws</code>,
<a href="/asyncapi.json">AsyncAPI</a>.</p></header>
<nav>${navigation}<a href="#schemas">schemas</a><a href="#problems">problems</a></nav>
<main>${sections.join('\n')}
<section id="schemas"><h2>schemas</h2>${Object.entries(schemas)
    .map(([name, schema]) => schemaHtml(name, schema, schemas))
    .join('\n')}</section>
<section id="problems"><h2>problems</h2>${problemTable()}</section>
</main></body></html>`;
  const digest = createHash('sha256').update(DOCS_STYLE).digest('base64');
  return {
    html,
    contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; frame-ancestors 'none'`,
  };
}

interface OperationEntry {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

function operationsOf(document: RenderedDocument): readonly OperationEntry[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, DocumentedOperation>).map(([method, operation]) => ({
      method,
      path,
      operation,
    })),
  );
}

function operationHtml(
  { method, path, operation }: OperationEntry,
  schemas: Readonly<Record<string, JsonSchema>>,
): string {
  const media = operation.requestBody?.content['application/json'];
  const body = media?.schema;
  const token = operation.security === undefined ? '' : '<span class="token">access token</span>';
  return `<details id="${text(operation.operationId)}"><summary><b class="${text(method)}">${text(method)}</b>
<code>${text(path)}</code> <span>${text(operation.summary)}</span>${token}</summary><div>
${operation.description === undefined ? '' : `<p>${prose(operation.description)}</p>`}
${parametersHtml(operation.parameters ?? [])}
${body === undefined ? '' : `<h4>Request</h4>${schemaTable(body)}${examplesHtml(body, media?.examples, schemas)}`}
<h4>Replies</h4>${Object.entries(operation.responses)
    .map(([status, reply]) => replyHtml(status, reply, schemas))
    .join('\n')}
</div></details>`;
}

function parametersHtml(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const schema: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, in: place, description, schema = {} }) => [
        name,
        { ...schema, description: `In the ${place}. ${description ?? schema.description ?? ''}` },
      ]),
    ),
    required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
  };
  return `<h4>Parameters</h4>${schemaTable(schema)}`;
}

function replyHtml(
  status: string,
  reply: { readonly description: string; readonly content?: MediaTypes },
  schemas: Readonly<Record<string, JsonSchema>>,
): string {
  const heading = `<p><b class="${Number(status) < 400 ? 'good' : 'bad'}">${text(status)}</b> ${prose(reply.description)}</p>`;
  const schema = reply.content?.['application/json']?.schema;
  return schema === undefined ? heading : `${heading}${schemaTable(schema)}${exampleHtml(schema, schemas)}`;
}

/** The bodies that the operation shows, or one that fits the schema. */
function examplesHtml(
  schema: JsonSchema,
  examples: Examples | undefined,
  schemas: Readonly<Record<string, JsonSchema>>,
): string {
  if (examples === undefined) return exampleHtml(schema, schemas);
  return Object.values(examples)
    .map(({ summary, value }) => `<p>${prose(summary)}</p><pre>${text(JSON.stringify(value))}</pre>`)
    .join('\n');
}

function exampleHtml(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>): string {
  return `<pre>${text(JSON.stringify(exampleOf(schema, schemas), null, 2))}</pre>`;
}

function schemaHtml(name: string, schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>): string {
  const description = schema.description === undefined ? '' : `<p>${prose(schema.description)}</p>`;
  return `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary><div>${description}
${schemaTable(schema)}${exampleHtml(schema, schemas)}</div></details>`;
}
