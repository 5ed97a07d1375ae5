import test from 'ava';
import { asyncApiDocument } from '../../../src/http/websocket/asyncapi.ts';
import { events } from '../../../src/http/websocket/events.ts';
import { Envelope, methods } from '../../../src/http/websocket/requests.ts';

test('every example is what its schema takes', (t) => {
  for (const [name, { params, examples }] of Object.entries(methods)) {
    for (const example of examples) {
      t.true(Envelope.safeParse(example).success, name);
      t.is<string, string>(example.method, name);
      t.true(params.safeParse('params' in example ? example.params : undefined).success, name);
    }
  }
  for (const [name, { schema, example }] of Object.entries(events)) {
    t.true(schema.safeParse(example).success, name);
  }
});

test('every reference in the document leads somewhere, and nothing is left over', (t) => {
  const document = asyncApiDocument('1.2.3');
  const text = JSON.stringify(document);
  const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!));
  t.true(references.size > 40);
  for (const reference of references) {
    const [root, ...path] = reference.split('/');
    t.is(root, '#');
    let at: unknown = document;
    for (const part of path) at = (at as Record<string, unknown> | undefined)?.[part];
    t.not(at, undefined, reference);
  }
  t.false(text.includes('$defs'));
  const { messages } = document.components as { messages: Record<string, unknown> };
  t.is(Object.keys(messages).length, 2 * Object.keys(methods).length + 1 + Object.keys(events).length);
});
