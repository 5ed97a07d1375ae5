import { z } from 'zod';
import { REJECTIONS } from '../../domain/rejection.ts';
import { events } from './events.ts';
import { type ErrorCode, gatewayErrors } from './outcome.ts';
import { type Method, methods, RequestId } from './requests.ts';
import { WEBSOCKET_PATH } from './server.ts';

interface Message {
  readonly title: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly examples?: readonly object[];
  readonly io: 'input' | 'output';
}

type Json = Readonly<Record<string, unknown>>;

const errorCodes = [...Object.keys(gatewayErrors), ...REJECTIONS].sort() as [ErrorCode, ...ErrorCode[]];

const ErrorAnswer = z.strictObject({
  id: RequestId.nullable().meta({ description: 'null when the frame had none that could be read.' }),
  ok: z.literal(false),
  error: z.strictObject({
    code: z.enum(errorCodes).meta({ description: 'For programs; stable.' }),
    detail: z.string().meta({ description: 'For people; may change.' }),
    errors: z
      .array(z.strictObject({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with the parameters, with JSON Pointers into them.' }),
    retryAfterSeconds: z.int().min(1).optional().meta({ description: 'Of a limit that is used up.' }),
  }),
});

const DESCRIPTION = `One socket at \`${WEBSOCKET_PATH}\` with JSON text frames. A request \`{id, method, params}\` gets one
answer with its id; hundreds may be under way at once. Requests are taken up in the order in which they were sent; answers
come when the work is done, in any order. Every answer that says a command was done is durable. Prices, quantities and amounts are
decimal strings; times are ISO 8601 in UTC.

The exchange pings every 15 seconds and cuts a client that is silent for 30. A client that reads too slowly gets merged
depth and only the latest ticker and candle; beyond a bound it is closed.

A request counts a point, for the account or, before it is signed in, for the address; see the limits of the REST API. Beyond a
limit it is refused with \`too_many_requests\`; who goes on at four times the limit is closed.

Close codes: 1008 too many malformed frames or requests, 1009 a frame over 64 KiB, 1011 a fault on the exchange’s side, 1012 the
exchange stops, 4001 the session ended, 4008 slow consumer.`;

/** The AsyncAPI 3.0 document of the WebSocket protocol, made of the schemas that the gateway validates with. */
export function asyncApiDocument(version: string): Json {
  const schemas: Record<string, unknown> = {};
  const all = { ...requestMessages(), ...answerMessages(), ...eventMessages() };
  const messages = Object.fromEntries(
    Object.entries(all).map(([name, message]) => [name, describeMessage(name, message, schemas)]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Bourse',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      exchange: {
        address: WEBSOCKET_PATH,
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: 'GET' } },
      },
    },
    operations: { ...requestOperations(), ...eventOperations() },
    components: { messages, schemas },
  };
}

function requestMessages(): Record<string, Message> {
  return Object.fromEntries(
    Object.entries(methods).map(([method, { summary, params, examples }]) => [
      method,
      {
        title: method,
        summary,
        schema: z.strictObject({ id: RequestId, method: z.literal(method), params }),
        examples,
        io: 'input',
      },
    ]),
  );
}

function answerMessages(): Record<string, Message> {
  const answers = Object.entries(methods).map(([method, { result }]): [string, Message] => [
    `${method}.answer`,
    {
      title: `Answer to ${method}`,
      summary: 'It was done.',
      schema: z.strictObject({ id: RequestId, ok: z.literal(true), result }),
      io: 'output',
    },
  ]);
  const refusal: Message = {
    title: 'Refusal',
    summary: 'It was not done, and nothing was changed (except with outcome_unknown).',
    schema: ErrorAnswer,
    examples: [
      { id: 7, ok: false, error: { code: 'insufficient_funds', detail: 'Not enough USDT is available.' } },
    ],
    io: 'output',
  };
  return { ...Object.fromEntries(answers), refusal };
}

function eventMessages(): Record<string, Message> {
  return Object.fromEntries(
    Object.entries(events).map(([name, { summary, schema, example }]) => [
      `event.${name}`,
      { title: `Event: ${name}`, summary, schema, examples: [example], io: 'output' },
    ]),
  );
}

function requestOperations(): Json {
  return Object.fromEntries(
    (Object.keys(methods) as Method[]).map((method) => [
      method,
      {
        action: 'receive',
        channel: { $ref: '#/channels/exchange' },
        summary: methods[method].summary,
        ...(methods[method].access === 'account'
          ? { description: 'Only on a socket that is signed in.' }
          : {}),
        messages: [messageRef(method)],
        reply: {
          channel: { $ref: '#/channels/exchange' },
          messages: [messageRef(`${method}.answer`), messageRef('refusal')],
        },
      },
    ]),
  );
}

function eventOperations(): Json {
  return Object.fromEntries(
    Object.entries(events).map(([name, { summary }]) => [
      `event.${name}`,
      {
        action: 'send',
        channel: { $ref: '#/channels/exchange' },
        summary,
        messages: [messageRef(`event.${name}`)],
      },
    ]),
  );
}

function messageRef(name: string): Json {
  return { $ref: `#/channels/exchange/messages/${name}` };
}

/** Describes a message; schemas that have an id of their own are put among the components. */
function describeMessage(name: string, message: Message, schemas: Record<string, unknown>): Json {
  const text = JSON.stringify(z.toJSONSchema(message.schema, { io: message.io }));
  const { $schema, $defs, ...payload } = JSON.parse(
    text.replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as Record<string, unknown>;
  Object.assign(schemas, $defs);
  return {
    name,
    title: message.title,
    summary: message.summary,
    payload,
    ...(message.examples === undefined
      ? {}
      : { examples: message.examples.map((example) => ({ payload: example })) }),
  };
}
