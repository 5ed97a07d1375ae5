import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the wire between an exchange and its database does at the moment. */
export type Wire =
  | { readonly kind: 'open' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** What the database answers goes nowhere, and nobody is told. */
  | { readonly kind: 'half-closed' }
  /** Nothing gets through either way, and nobody is told. Connections of this time stay so for ever. */
  | { readonly kind: 'silent' }
  /** The database says that its disk is full (SQLSTATE 53100) to whatever it is asked, and hangs up. */
  | { readonly kind: 'disk-full' };

type Pair = readonly [client: Socket, database: Socket];

const OPEN: Wire = Object.freeze({ kind: 'open' });

/** A TCP proxy before PostgreSQL that can be made to fail. */
export class DatabaseWire {
  readonly port: number;
  readonly #close: () => Promise<void>;
  readonly #pairs = new Set<Pair>();
  readonly #forgotten = new WeakSet<Pair>();
  #wire: Wire = OPEN;

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port;
    this.#close = close;
  }

  static async start(targetPort: number): Promise<DatabaseWire> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new DatabaseWire(address.port, async () => {
      proxy.drop();
      await new Promise((resolve) => server.close(resolve));
    });
    server.on('connection', (client) => proxy.#accept(client, targetPort));
    return proxy;
  }

  set(wire: Wire): void {
    this.#wire = wire;
    if (wire.kind === 'silent') this.forget();
  }

  /** Nothing gets through the connections there are any more, as when a firewall forgets them; new ones are not concerned. */
  forget(): void {
    for (const pair of this.#pairs) this.#forgotten.add(pair);
  }

  /** Cuts every connection, as a network that fails does: without a word. */
  drop(): void {
    for (const [client, database] of this.#pairs) {
      client.resetAndDestroy();
      database.resetAndDestroy();
    }
  }

  close(): Promise<void> {
    return this.#close();
  }

  #accept(client: Socket, targetPort: number): void {
    const database = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    const pair: Pair = [client, database];
    this.#pairs.add(pair);
    if (this.#wire.kind === 'silent') this.#forgotten.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      client.destroy();
      database.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    this.#forward(pair, client, database, (bytes) => this.#ask(client, database, bytes));
    this.#forward(pair, database, client, (bytes) => {
      if (this.#wire.kind !== 'half-closed') client.write(bytes);
    });
  }

  #ask(client: Socket, database: Socket, bytes: Buffer): void {
    if (this.#wire.kind !== 'disk-full') {
      database.write(bytes);
      return;
    }
    client.end(errorResponse('FATAL', '53100', 'could not extend file: No space left on device'));
    database.destroy();
  }

  /** In order, each after what the wire makes it wait. */
  #forward(pair: Pair, from: Socket, to: Socket, pass: (bytes: Buffer) => void): void {
    let last: Promise<unknown> | undefined;
    from.on('data', (bytes: Buffer) => {
      if (this.#forgotten.has(pair)) return;
      const wire = this.#wire;
      if (wire.kind !== 'slow' && last === undefined) return pass(bytes);
      const waiting: Promise<unknown> = (last ?? Promise.resolve())
        .then(() => (wire.kind === 'slow' ? delay(wire.delayMs) : undefined))
        .then(() => {
          if (!to.destroyed) pass(bytes);
          if (last === waiting) last = undefined;
        });
      last = waiting;
    });
  }
}

/** An ErrorResponse of PostgreSQL's protocol, version 3. */
function errorResponse(severity: string, code: string, message: string): Buffer {
  const fields = Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
