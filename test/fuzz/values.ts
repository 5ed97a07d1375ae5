import fc from 'fast-check';
import { resolve, type Schema, type Schemas } from './document.ts';
import { SAMPLES } from './samples.ts';

/** Values from a JSON Schema: those that it allows, and those that nobody should send. */

export interface ValueContext {
  readonly schemas: Schemas;
  /** Texts that answers had, the newest last: ids to be used again. */
  readonly seen: readonly string[];
}

/** Values that the schema allows, as far as it says what it allows. */
export function allowed(given: Schema, name: string, context: ValueContext): fc.Arbitrary<unknown> {
  const schema = resolve(given, context.schemas);
  const made = fromSchema(schema, name, context);
  const samples = SAMPLES[name]?.filter((value) => fits(schema, value));
  if (samples !== undefined && samples.length > 0) {
    return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...samples) }, { weight: 1, arbitrary: made });
  }
  const isFixed = 'const' in schema || schema.enum !== undefined || schema.format !== undefined;
  if (schema.type !== 'string' || isFixed) return made;
  // Looked up when the value is made, not when the arbitrary is.
  const again = fc.nat().map((n) => {
    const candidates = context.seen.filter((text) => fits(schema, text));
    return candidates[candidates.length - 1 - (n % Math.max(1, candidates.length))];
  });
  return fc.tuple(again, made, fc.nat(2)).map(([old, fresh, which]) => (which > 0 ? (old ?? fresh) : fresh));
}

const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known;
}

function fits(schema: Schema, value: unknown): boolean {
  if (schema.enum !== undefined) return schema.enum.includes(value);
  if (schema.anyOf !== undefined) return schema.anyOf.some((one) => fits(one, value));
  if (typeof value === 'string') {
    if (schema.type !== 'string' || value.length > (schema.maxLength ?? Infinity)) return false;
    return schema.pattern === undefined || compiled(schema.pattern).test(value);
  }
  if (typeof value === 'number') return schema.type === 'integer' || schema.type === 'number';
  return Array.isArray(value) ? schema.type === 'array' : schema.type === typeof value;
}

function fromSchema(schema: Schema, name: string, context: ValueContext): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => allowed(one, name, context)));
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number': {
      const [min, max] = [schema.minimum ?? 0, schema.maximum ?? 1_000_000];
      return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
    }
    case 'array':
      return fc.array(allowed(schema.items ?? {}, name, context), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, Math.max(3, schema.minItems ?? 0)),
      });
    case 'object':
      return objectOf(schema, context);
    case 'string':
      return textOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(schema: Schema, context: ValueContext): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const model = Object.fromEntries(
    properties.map(([name, property]) => [name, allowed(property, name, context)]),
  );
  const required = properties.map(([name]) => name).filter((name) => schema.required?.includes(name));
  const optional = Object.keys(model).filter((name) => !required.includes(name));
  // Mostly few of what may be left out: fields that don't go together are refused at once.
  const keep = fc.subarray(optional, { maxLength: Math.min(3, optional.length) });
  return fc.tuple(fc.record(model), fc.oneof(fc.constant<string[]>([]), keep)).map(([all, kept]) => {
    const chosen = new Set([...required, ...kept]);
    return Object.fromEntries(Object.entries(all).filter(([name]) => chosen.has(name)));
  });
}

function textOf({ format, pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0) }).map((at) => at.toISOString());
  if (format === 'email') return fc.nat(10_000).map((n) => `made-up-${n}@example.com`);
  // fast-check makes no text for a pattern that looks ahead.
  if (pattern !== undefined && !/\(\?[!=<]/.test(pattern))
    return fc.stringMatching(compiled(pattern)).map((text) => text.slice(0, 4_096));
  return fc.string({
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, 40)),
    unit: fc.constantFrom(...'abcXYZ019-_'),
  });
}

const LONG = 70_000;
const ODD_TEXTS = Object.freeze([
  '',
  ' ',
  '0',
  '-0',
  '-1',
  '+1',
  '1e-7',
  '1e999999999',
  `1${'0'.repeat(400)}`,
  '0x10',
  'NaN',
  'Infinity',
  '٣',
  '1\u0000',
  '\u0000',
  '\ud800',
  '\u202eabc',
  '\ufeff1',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '../../etc/passwd',
  '%2e%2e%2f',
  "' or 1=1 --",
  '"; drop table users; --',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what would be sent.
  '${7*7}',
  '<script>alert(1)</script>',
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  'x'.repeat(LONG),
  '🜚'.repeat(300),
]);
const ODD_NUMBERS = Object.freeze([
  0,
  -0,
  -1,
  1,
  0.1,
  1e-7,
  1e308,
  -1e308,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
]);

/** What nobody should send for anything. */
export const odd: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...ODD_TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...ODD_NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], ['1'], [{}]) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** Texts of the same kind, for paths and queries. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS.filter((text) => text.length < 5_000)),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
