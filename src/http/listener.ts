import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { CertificatePair } from './certificate.ts';
import { type GatewayCode, problemReply } from './problem.ts';

/** The port: what reaches the gateway, over TLS or in the clear, and how long it may take. */

export type NodeServer = http.Server | https.Server;

/** How long a client may take, in milliseconds from when its connection was made; after that it gets 408 or is cut. */
export interface ConnectionTimeouts {
  /** Until TLS is agreed upon. */
  readonly handshakeMs: number;
  readonly headersMs: number;
  /** The whole request, its headers included. */
  readonly requestMs: number;
}

const DEFAULT_TIMEOUTS: ConnectionTimeouts = Object.freeze({
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 20_000,
});
const CHECKING_INTERVAL_MS = 2_000;
const DEFAULT_GRACE_MS = 10_000;
/** Forward secrecy and authenticated encryption only, the strongest first. */
const TLS_PARAMETERS = Object.freeze({
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
} as const);

export interface ListenerOptions {
  readonly handler: http.RequestListener;
  /** Serves HTTPS and WSS with it; without one HTTP and WS. */
  readonly certificate: CertificatePair | undefined;
  readonly timeouts?: Partial<ConnectionTimeouts>;
}

export interface Listener {
  /** For the WebSocket gateway, which upgrades connections of the same port. */
  readonly server: NodeServer;
  /** Port 0 picks a free one; the answer says which. */
  listen(port: number, host?: string): Promise<number>;
  /** For connections to come; those there are go on undisturbed. Only for a listener that was made with one. */
  useCertificate(certificate: CertificatePair): void;
  /**
   * Stops accepting, lets requests under way finish, and closes; after `graceMs` it closes what is still open.
   * Upgraded sockets are their gateway's to close.
   */
  close(graceMs?: number): Promise<void>;
}

export function createListener({ handler, certificate, timeouts }: ListenerOptions): Listener {
  const { handshakeMs, headersMs, requestMs } = { ...DEFAULT_TIMEOUTS, ...timeouts };
  const options = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(CHECKING_INTERVAL_MS, headersMs),
    // Above the usual minute of load balancers, so that they and not we close idle connections.
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16 * 1024,
    noDelay: true,
    // A request to speak anything else, such as h2c, may be ignored: it is answered as if it had not asked.
    shouldUpgradeCallback: (request: http.IncomingMessage) =>
      request.headers.upgrade?.toLowerCase() === 'websocket',
  } satisfies http.ServerOptions;
  const secure =
    certificate === undefined
      ? undefined
      : https.createServer(
          { ...options, ...TLS_PARAMETERS, ...keyAndCert(certificate), handshakeTimeout: handshakeMs },
          handler,
        );
  const server: NodeServer = secure ?? http.createServer(options, handler);

  /** Those that can carry HTTP. */
  const sockets = new Set<Socket>();
  server.on(secure === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const handshakes = secure === undefined ? undefined : watchHandshakes(secure);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Without TLS agreed upon there is no way to tell the client anything: it may speak plain HTTP.
    if (sockets.has(socket)) answerClientError(error, socket);
    else socket.destroy();
  });

  return {
    server,
    listen: (port, host = '0.0.0.0') =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, backlog: 1024 }, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    useCertificate: (pair) => secure?.setSecureContext({ ...TLS_PARAMETERS, ...keyAndCert(pair) }),
    close: (graceMs = DEFAULT_GRACE_MS) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close((error) => {
          clearTimeout(deadline);
          if (error === undefined || (error as NodeJS.ErrnoException).code === 'ERR_SERVER_NOT_RUNNING')
            resolve();
          else reject(error);
        });
        // Browsers open connections ahead of what they may ask. Node counts them as busy until their headers time out.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
        handshakes?.cut();
      }),
  };
}

/** Connections that have not agreed upon TLS yet: Node would wait for them until their time-out. */
function watchHandshakes(server: https.Server): { cut(): void } {
  // The socket of TLS is another object than that of TCP; the address of the other end is what they share.
  const underWay = new Map<string, Socket>();
  const nameOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    underWay.set(name, socket);
    socket.once('close', () => {
      if (underWay.get(name) === socket) underWay.delete(name);
    });
  });
  server.on('secureConnection', (socket) => underWay.delete(nameOf(socket)));
  return {
    cut() {
      for (const socket of underWay.values()) socket.destroy();
    },
  };
}

function keyAndCert({ cert, key }: CertificatePair): { cert: string; key: string } {
  return { cert, key };
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [code: GatewayCode, detail: string]>> = Object.freeze({
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The headers are too large.'],
});

/** What Node's parser refuses never reaches Koa, so the problem is written to the socket by hand. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = CLIENT_ERRORS[error.code ?? ''] ?? [
    'malformed_request',
    'This is not a valid HTTP request.',
  ];
  socket.end(problemReply(code, detail));
}
