import { DEFAULT_RATE_LIMITS } from '../limits/policies.ts';

/** What a gateway and one socket may use. */
export interface WebSocketLimits {
  /** Sockets open at the same time; above it an upgrade is answered with 503. */
  readonly maxConnections: number;
  /** Of those, from one address (IPv4) or network of 64 bits (IPv6); above it an upgrade is answered with 429. */
  readonly maxConnectionsPerAddress: number;
  /** Of one frame from a client; above it the socket is closed with 1009. */
  readonly maxFrameBytes: number;
  /** Requests of a socket without an answer yet; above it the socket isn't read until half of them are answered. */
  readonly maxInFlight: number;
  readonly maxSubscriptions: number;
  /** Frames that are no requests; with so many within a minute the socket is closed with 1008. */
  readonly maxMalformedPerMinute: number;
  /**
   * Unsent bytes above which depth, ticker and candles wait and only their latest state is sent. The socket isn't read
   * meanwhile either: who doesn't take answers may not ask for more.
   */
  readonly conflateAboveBytes: number;
  /** Unsent bytes above which the socket is closed with 4008. */
  readonly maxBacklogBytes: number;
  /** How often sockets are pinged. */
  readonly heartbeatIntervalMs: number;
  /** A socket that was not heard of for so long is cut. */
  readonly silenceTimeoutMs: number;
  /** How long a socket whose session ended has to sign in again before it is closed with 4001. */
  readonly sessionGraceMs: number;
  /** How often it is looked whether those who hear what operators hear still may. */
  readonly operatorRecheckMs: number;
  /** How long a client has to answer a close frame. */
  readonly closeTimeoutMs: number;
}

export const DEFAULT_LIMITS: WebSocketLimits = Object.freeze({
  maxConnections: 10_000,
  maxConnectionsPerAddress: DEFAULT_RATE_LIMITS.socketsOfAddress,
  maxFrameBytes: 64 * 1024,
  maxInFlight: 1_000,
  maxSubscriptions: 200,
  maxMalformedPerMinute: 10,
  conflateAboveBytes: 256 * 1024,
  maxBacklogBytes: 8 * 1024 * 1024,
  heartbeatIntervalMs: 15_000,
  silenceTimeoutMs: 30_000,
  sessionGraceMs: 10_000,
  operatorRecheckMs: 15_000,
  closeTimeoutMs: 5_000,
});

/** Why the gateway closes a socket. */
export const closeCodes = Object.freeze({
  policyViolation: 1008,
  internalError: 1011,
  restart: 1012,
  sessionEnded: 4001,
  slowConsumer: 4008,
});
