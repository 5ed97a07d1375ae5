import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type RunningExchange, startExchange } from './actors/exchange.ts';
import type { Config } from './config.ts';
import { createChains } from './custody/create-chains.ts';
import { createApprovalCheck } from './custody/payments/check-approvals.ts';
import { startCustody } from './custody/start-custody.ts';
import { databaseUrlFile } from './data-directory.ts';
import { startEmbeddedPostgres } from './db/embedded.ts';
import { createInvariantReader } from './db/invariants.ts';
import { createLedger } from './db/ledger.ts';
import { migrate } from './db/migrate.ts';
import { createPool } from './db/pool.ts';
import { SETTLEMENT_SETTINGS } from './db/settle.ts';
import { isInTheClear, readTransport } from './db/transport.ts';
import { createDemoMarkets } from './demo-markets.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createKeyVerifier } from './http/auth/key-verifier.ts';
import { createSealing } from './http/auth/sealing.ts';
import { watchSessionEnds } from './http/auth/session-ends.ts';
import { createTokenSecrets } from './http/auth/token-secrets.ts';
import { createTokenVerifier } from './http/auth/tokens.ts';
import { readCertificatePair, watchCertificate } from './http/certificate.ts';
import { createFigures } from './http/figures/figures.ts';
import { createMemoryCounters, createRedisCounters } from './http/limits/counters.ts';
import { RequestLimits } from './http/limits/request-limits.ts';
import { limitUnfilledOrders } from './http/limits/unfilled-orders.ts';
import { createMailQueue } from './http/mail/queue.ts';
import { startMailSender } from './http/mail/sender.ts';
import { createMailTransport } from './http/mail/transports.ts';
import { startWithdrawalMailer } from './http/mail/withdrawal-mailer.ts';
import { readBuiltPages } from './http/pages/built-pages.ts';
import { createPasswordPolicy } from './http/passwords/policy.ts';
import { createHttpServer } from './http/server.ts';
import { createWebSocketGateway } from './http/websocket/server.ts';
import { publishDaily } from './liabilities/publish.ts';
import { countViolations, gaugeBacklog, gaugeDifferences, observeBatches } from './server-metrics.ts';
import { relyingPartyOf } from './signatures/relying-party.ts';

export interface RunningServer {
  readonly port: number;
  readonly exchange: RunningExchange;
  /** Reads the files of the TLS certificate again; a pair that can't be used is logged and not taken. */
  reloadCertificate(): Promise<void>;
  /** Stops taking orders, lets what is under way commit, tells the sockets, and closes everything. */
  stop(reason: string): Promise<void>;
}

export interface ServerOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly version: string;
  /** Nothing can be committed any more. */
  readonly onStopped: (why: 'fenced' | 'failed') => void;
}

/** As `npm run build:pages` leaves them. */
const BUILT_PAGES = fileURLToPath(new URL('../dist/pages', import.meta.url));
/** The ledger's own connections: they wake accounts and check the fence. */
const LEDGER_CONNECTIONS = 5;
/** One settles; a second takes over when the first is lost and the loss not noticed yet. */
const SETTLEMENT_CONNECTIONS = 2;
/** A batch is sent again until it goes through, so no statement of one may be cut off for being large. */
const SETTLEMENT_STATEMENT_TIMEOUT_MS = 600_000;
const READ_CONNECTIONS = 10;
/** Twenty accounts are looked at each time. */
const MONITOR_INTERVAL_MS = 1_000;
const CUSTODY_INTERVAL_MS = 500;
const RECONCILE_INTERVAL_MS = 15_000;
const MAIL_INTERVAL_MS = 1_000;
/** Whoever reads the folder sits in front of it. */
const FOLDER_MAIL_INTERVAL_MS = 100;

/**
 * Puts the whole exchange together and starts it, the database first and the doors last.
 * @throws {CertificateError} before anything is started
 * @throws {BreachFileError} likewise
 */
export async function startServer({
  config,
  log,
  version,
  onStopped,
}: ServerOptions): Promise<RunningServer> {
  const certificate = config.tls === undefined ? undefined : readCertificatePair(config.tls);
  const passwordPolicy = await createPasswordPolicy(config.breachedPasswords);
  // What was started so far is undone, last first, at the end or when a later step fails.
  const undo: (() => Promise<void>)[] = [];
  const unwind = async () => {
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        // The other steps still have to be taken, above all the one that stops the database.
        log.error({ err: error }, 'a part of the server did not stop in good order');
      }
    }
  };
  try {
    if (config.databaseUrl !== undefined && isInTheClear(readTransport(config.databaseUrl))) {
      log.warn('PostgreSQL is reached over a network without TLS: see sslmode in docs/security.md');
    }
    const url = config.databaseUrl ?? (await embeddedDatabase(config, log, undo));
    const applied = await migrate(url);
    if (applied.length > 0) log.info({ applied }, 'migrated');

    const metrics = new Registry();
    collectDefaultMetrics({ register: metrics });
    const ledgerPool = await createPool(url, {
      maximumPoolSize: LEDGER_CONNECTIONS,
      applicationName: 'bourse-ledger',
    });
    undo.push(() => ledgerPool.end());
    const settlementPool = await createPool(url, {
      maximumPoolSize: SETTLEMENT_CONNECTIONS,
      applicationName: 'bourse-settlement',
      statementTimeoutMs: SETTLEMENT_STATEMENT_TIMEOUT_MS,
      settings: SETTLEMENT_SETTINGS,
    });
    undo.push(() => settlementPool.end());
    const pool = await createPool(url, { maximumPoolSize: READ_CONNECTIONS, applicationName: 'bourse-http' });
    undo.push(() => pool.end());

    const counters =
      config.redisUrl === undefined ? createMemoryCounters() : createRedisCounters(config.redisUrl, log);
    undo.push(() => counters.close());
    const housekeeping = startHousekeeping({ pool, log });
    undo.push(() => housekeeping.stop());
    undo.push(publishDaily(pool, Date.now, log));

    const figures = createFigures();
    undo.push(async () => figures.stop());
    const observed = observeBatches(metrics);
    const countViolation = countViolations(metrics);
    const gaugeDifference = gaugeDifferences(metrics);
    let alarm = (_source: string, _detail: string): void => {};

    const exchange = await startExchange({
      ledger: createLedger(ledgerPool, settlementPool),
      log,
      onBatch: (stats) => {
        observed(stats);
        figures.observeBatch(stats);
      },
      monitor: {
        reader: createInvariantReader(ledgerPool),
        intervalMs: MONITOR_INTERVAL_MS,
        onViolation: (violation) => {
          countViolation(violation);
          alarm('invariants', `${violation.check} of account ${violation.accountId}: ${violation.detail}`);
        },
      },
      onStopped,
    });
    gaugeBacklog(metrics, exchange.backlog);
    if (!config.production) await createDemoMarkets(exchange);
    const relyingParty = relyingPartyOf(config.publicUrl);
    const custody = await startCustody({
      pool: ledgerPool,
      exchange,
      chains: await createChains(config.custody, {
        pool: ledgerPool,
        catalog: exchange.catalog,
        now: Date.now,
      }),
      checkApprovals: createApprovalCheck({ pool: ledgerPool, catalog: exchange.catalog, relyingParty }),
      log,
      now: Date.now,
      lookMs: CUSTODY_INTERVAL_MS,
      reconcileMs: RECONCILE_INTERVAL_MS,
      simulatedDeposits: !config.production,
      onDifference: (asset, units) => {
        gaugeDifference(asset, units);
        if (units !== 0) alarm('custody', `custody of ${asset} differs by ${units} from the ledger`);
      },
    });
    const sealing = createSealing(config.dataKey);
    const mailSender = startMailSender({
      pool,
      sealing,
      transport: createMailTransport(config.mail),
      publicUrl: config.publicUrl,
      log,
      now: Date.now,
      intervalMs: config.mail.type === 'folder' ? FOLDER_MAIL_INTERVAL_MS : MAIL_INTERVAL_MS,
    });
    undo.push(() => mailSender.stop());
    const withdrawalMailer = startWithdrawalMailer({
      pool,
      mails: createMailQueue({ sealing, now: Date.now }),
      catalog: exchange.catalog,
      log,
      now: Date.now,
      intervalMs: MAIL_INTERVAL_MS,
    });
    undo.push(() => withdrawalMailer.stop());
    if (config.mail.type === 'folder') log.info({ directory: config.mail.directory }, 'mails go to a folder');
    const keys = createKeyVerifier({ pool, sealing, log, now: Date.now });
    const tokens = createTokenVerifier({ pool, secrets: createTokenSecrets(config.jwtSecrets), keys });
    const sessionEnds = watchSessionEnds(pool, tokens, log);
    undo.push(() => sessionEnds.stop());
    const requestLimits = new RequestLimits(config.rateLimits, counters, Date.now);
    const gatedExchange = limitUnfilledOrders(exchange, config.rateLimits, Date.now);
    const http = createHttpServer({
      exchange: gatedExchange,
      custody,
      figures,
      requestLimits,
      counters,
      pool,
      tokens,
      keys,
      sealing,
      passwordPolicy,
      log,
      metrics,
      simulatedDeposits: !config.production,
      version,
      trustProxy: config.trustProxy,
      certificate,
      corsOrigins: config.corsOrigins,
      publicUrl: config.publicUrl,
      pages: await readBuiltPages(BUILT_PAGES),
      oidcProviders: config.oidcProviders,
      withdrawalHoldMs: config.withdrawalHoldHours * 60 * 60 * 1000,
      addressHoldMs: config.withdrawalAddressHoldHours * 60 * 60 * 1000,
    });
    const sockets = createWebSocketGateway({
      server: http.server,
      exchange: gatedExchange,
      requestLimits,
      limits: { maxConnectionsPerAddress: config.rateLimits.socketsOfAddress },
      tokens,
      pool,
      log,
      origins: { allowed: new Set(config.corsOrigins), trustProxy: config.trustProxy },
      figures,
    });
    alarm = (source, detail) => sockets.alarm({ source, detail });
    figures.start({ backlog: exchange.backlog, sockets: () => sockets.connectionCount, now: Date.now });
    undo.push(async () => {
      await sockets.close('the exchange is shutting down');
      await http.close();
    });
    let stopReason = 'the exchange could not start';
    undo.push(() => exchange.stop(stopReason));
    undo.push(() => custody.stop());

    const port = await http.listen(config.port, config.host);
    const certificates =
      config.tls && certificate
        ? watchCertificate({ files: config.tls, current: certificate, onChanged: http.useCertificate, log })
        : undefined;
    undo.push(async () => certificates?.stop());
    return {
      port,
      exchange,
      reloadCertificate: async () => certificates?.reload(),
      stop: async (reason) => {
        stopReason = reason;
        await unwind();
      },
    };
  } catch (error) {
    await unwind();
    throw error;
  }
}

/** Starts PostgreSQL in the data directory and leaves its address there for the command line. */
async function embeddedDatabase(config: Config, log: Logger, undo: (() => Promise<void>)[]): Promise<string> {
  await mkdir(config.dataDir, { recursive: true });
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  undo.push(() => postgres.stop());
  const file = databaseUrlFile(config);
  await writeFile(file, `${postgres.url}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  undo.push(() => rm(file, { force: true }));
  return postgres.url;
}
