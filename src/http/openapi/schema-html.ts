import { proseHtml as prose, escapeHtml as text } from './html.ts';

/** The part of JSON Schema 2020-12 that zod writes. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
}

/** One row a field: name, type, what it means. Other schemas are linked rather than repeated. */
export function schemaTable(schema: JsonSchema): string {
  if (schema.properties === undefined) return `<p>${typeHtml(schema)}</p>`;
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties).map(
    ([name, field]) => `<tr><td><code>${text(name)}</code>${required.has(name) ? '' : ' <i>optional</i>'}</td>
<td>${typeHtml(field)}</td><td>${prose(field.description ?? '')}</td></tr>`,
  );
  return `<table>${rows.join('\n')}</table>`;
}

function typeHtml(schema: JsonSchema): string {
  if (schema.$ref !== undefined) {
    const name = referenceName(schema.$ref);
    return `<a href="#schema-${text(name)}">${text(name)}</a>`;
  }
  if (schema.const !== undefined) return `<code>${text(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => `<code>${text(String(value))}</code>`).join(' | ');
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return options.map(typeHtml).join(' | ');
  if (schema.allOf !== undefined) return schema.allOf.map(typeHtml).join(' &amp; ');
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeHtml).join(', ')}]`;
  if (schema.type === 'array')
    return `list of ${schema.items === undefined ? 'anything' : typeHtml(schema.items)}`;
  const type = [schema.type ?? 'anything'].flat().join(' | ');
  return text(schema.format === undefined ? type : `${type} (${schema.format})`);
}

/** A value that fits the schema, from its own examples where it has them. */
export function exampleOf(
  schema: JsonSchema,
  schemas: Readonly<Record<string, JsonSchema>>,
  depth = 0,
): unknown {
  if (depth > 8) return null;
  const inner = (part: JsonSchema): unknown => exampleOf(part, schemas, depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.$ref !== undefined) return inner(schemas[referenceName(schema.$ref)] ?? {});
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  const option = (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.[0];
  if (option !== undefined) return inner(option);
  if (schema.properties !== undefined) {
    return Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, inner(field)]));
  }
  if (schema.prefixItems !== undefined) return schema.prefixItems.map(inner);
  switch ([schema.type].flat()[0]) {
    case 'array':
      return schema.items === undefined ? [] : [inner(schema.items)];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'object':
      return {};
    default:
      return schema.format === 'date-time' ? '2026-01-31T12:00:00.000Z' : 'string';
  }
}

function referenceName(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
