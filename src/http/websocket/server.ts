import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { CommonQueryMethods } from 'slonik';
import { WebSocketServer } from 'ws';
import type { Exchange } from '../../actors/ports.ts';
import { findAccountEvents, findLastAccountSequence } from '../../db/account-events.ts';
import { findRecentTrades } from '../../db/recent-trades.ts';
import { viewTrade } from '../../domain/views.ts';
import { addressOf } from '../caller.ts';
import type { Figures } from '../figures/figures.ts';
import { countedAddress } from '../limits/networks.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import type { NodeServer } from '../listener.ts';
import { admitsOrigin, type OriginPolicy, OWN_ORIGIN_ONLY } from '../origins.ts';
import { type ProblemCode, problemReply } from '../problem.ts';
import { AccountChannels } from './account-channels.ts';
import { Connection, type ConnectionContext } from './connection.ts';
import { cancelAfterDisconnect } from './disconnects.ts';
import { createHandler } from './handlers.ts';
import { closeCodes, DEFAULT_LIMITS, type WebSocketLimits } from './limits.ts';
import { MarketChannels } from './market-channels.ts';
import { type AlarmNotice, OperatorChannel } from './operator-channel.ts';
import { SendBatch } from './outbox.ts';
import { RecentTrades } from './recent-trades.ts';
import { Sessions, type SessionTokens } from './session.ts';

export const WEBSOCKET_PATH = '/ws';

export interface WebSocketGatewayOptions {
  /** Its upgrade requests for `/ws` are taken, others are refused. */
  readonly server: NodeServer;
  readonly exchange: Exchange;
  readonly tokens: SessionTokens;
  /** Read for the last trades and for the frames that a client resumes from. */
  readonly pool: CommonQueryMethods;
  readonly log: Logger;
  readonly limits?: Partial<WebSocketLimits>;
  readonly requestLimits: RequestLimits;
  /** Whose pages may open a socket from a browser. Default only the exchange's own. */
  readonly origins?: OriginPolicy;
  /** Told to operators; absent: nobody takes figures. */
  readonly figures?: Figures;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

export interface WebSocketGateway {
  /** Sockets that are open. */
  readonly connectionCount: number;
  /** Tells the consoles of operators. */
  alarm(notice: AlarmNotice): void;
  /**
   * Tells every client, closes every socket (1012) and takes no new ones. Resolves when the last one is gone: a client
   * that doesn't answer is cut after the close time-out.
   */
  close(reason: string): Promise<void>;
}

/** Serves the WebSocket protocol that the AsyncAPI document describes, on the port of the HTTP server. */
export function createWebSocketGateway(options: WebSocketGatewayOptions): WebSocketGateway {
  const { server, exchange, pool, log, requestLimits } = options;
  const origins = options.origins ?? OWN_ORIGIN_ONLY;
  const limits: WebSocketLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.maxFrameBytes,
    perMessageDeflate: false,
    closeTimeout: limits.closeTimeoutMs,
  } as ConstructorParameters<typeof WebSocketServer>[0]);

  const recentTrades = new RecentTrades(async (symbol, limit) => {
    const market = exchange.catalog().market(symbol)!;
    const trades = await findRecentTrades(pool, market.id, limit);
    return trades.map((trade) => viewTrade(market, trade));
  });
  const markets = new MarketChannels(exchange, recentTrades);
  const accounts = new AccountChannels({
    lastSequence: (accountId) => findLastAccountSequence(pool, accountId),
    framesAfter: async (accountId, sequence, limit) => {
      const events = await findAccountEvents(pool, accountId, sequence, limit);
      return events.map((event) => ({ sequence: event.sequence, ...event.data }));
    },
  });
  const { figures, now = Date.now } = options;
  const operators = new OperatorChannel({
    db: pool,
    now,
    exchange,
    figures,
    recheckMs: limits.operatorRecheckMs,
  });
  const sessions = new Sessions(options.tokens);
  const connections = new Set<Connection>();
  /** How many of them come from an address. */
  const addresses = new Map<string, number>();
  const context: ConnectionContext = {
    limits,
    log,
    batch: new SendBatch(),
    tokens: options.tokens,
    sessions,
    markets,
    accounts,
    operators,
    onDisconnected: (accountId) => {
      cancelAfterDisconnect(exchange, accountId, log).catch((error) =>
        log.error({ err: error, accountId }, 'canceling after a disconnect failed'),
      );
    },
    handle: createHandler({ exchange, markets, limits, requestLimits }),
  };
  let closing = false;
  let onEmpty: (() => void) | undefined;

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => log.debug({ err: error }, 'socket failed'));
    if (request.url?.split('?', 1)[0] !== WEBSOCKET_PATH)
      return refuseUpgrade(socket, 'not_found', `Sockets are at ${WEBSOCKET_PATH}.`);
    if (!admitsOrigin(request, origins))
      return refuseUpgrade(socket, 'forbidden', 'Pages of this origin may not open a socket.');
    if (closing) return refuseUpgrade(socket, 'exchange_stopped', 'The exchange is shutting down.');
    if (connections.size >= limits.maxConnections)
      return refuseUpgrade(socket, 'exchange_overloaded', 'There are too many sockets.');
    const address = countedAddress(addressOf(request, origins.trustProxy));
    const fromThere = addresses.get(address) ?? 0;
    if (fromThere >= limits.maxConnectionsPerAddress)
      return refuseUpgrade(socket, 'too_many_requests', 'There are too many sockets from this address.');
    wss.handleUpgrade(request, socket, head, (ws) => {
      const connection = new Connection(ws, socket, address, context);
      connections.add(connection);
      addresses.set(address, (addresses.get(address) ?? 0) + 1);
      ws.on('close', () => {
        connections.delete(connection);
        const left = addresses.get(address)! - 1;
        if (left === 0) addresses.delete(address);
        else addresses.set(address, left);
        if (connections.size === 0) onEmpty?.();
      });
    });
  }

  let announced = false;
  function announce(reason: string): void {
    if (announced) return;
    announced = true;
    for (const connection of connections) connection.tell({ type: 'stopping', reason });
  }
  const stopStopping = exchange.stopping.subscribe(({ reason }) => announce(reason));
  const stopPublic = exchange.publicEvents.subscribe((event) => markets.publish(event));
  const stopAccounts = exchange.accountFrames.subscribe((frame) => accounts.publish(frame));
  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.beat();
  }, limits.heartbeatIntervalMs);
  heartbeat.unref();
  server.on('upgrade', upgrade);

  return {
    get connectionCount() {
      return connections.size;
    },
    alarm: (notice) => operators.alarm(notice),
    close: (reason) =>
      new Promise((resolve) => {
        closing = true;
        onEmpty = () => {
          clearInterval(heartbeat);
          sessions.close();
          for (const stop of [stopStopping, stopPublic, stopAccounts]) stop();
          server.off('upgrade', upgrade);
          resolve(operators.close());
        };
        announce(reason);
        for (const connection of connections) connection.close(closeCodes.restart, reason);
        if (connections.size === 0) onEmpty();
      }),
  };
}

function refuseUpgrade(socket: Duplex, code: ProblemCode, detail: string): void {
  socket.end(problemReply(code, detail), () => socket.destroy());
}
