import type { Schema, Schemas } from './document.ts';

/** The requests of the WebSocket protocol, read from its AsyncAPI document. */
export interface FrameDescription {
  /** By method: the whole frame. */
  readonly requests: Readonly<Record<string, Schema>>;
  /** What the exchange may send: any answer and any event. */
  readonly sent: readonly Schema[];
  readonly schemas: Schemas;
}

interface AsyncApi {
  readonly operations: Readonly<
    Record<
      string,
      { readonly action: 'receive' | 'send'; readonly messages: readonly { readonly $ref: string }[] }
    >
  >;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: Schema }>>;
    readonly schemas: Schemas;
  };
}

export function readFrames(document: object): FrameDescription {
  const { operations, components } = JSON.parse(
    JSON.stringify(document).replaceAll('"#/components/schemas/', '"#/$defs/'),
  ) as AsyncApi;
  const received = new Set(
    Object.values(operations)
      .filter(({ action }) => action === 'receive')
      .flatMap(({ messages }) => messages.map(({ $ref }) => $ref.split('/').at(-1)!)),
  );
  const messages = Object.entries(components.messages);
  return {
    requests: Object.fromEntries(
      messages.filter(([name]) => received.has(name)).map(([name, { payload }]) => [name, payload]),
    ),
    sent: messages.filter(([name]) => !received.has(name)).map(([, { payload }]) => payload),
    schemas: components.schemas,
  };
}
