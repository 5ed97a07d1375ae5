import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';
import { CertificateError } from './http/certificate.ts';
import { BreachFileError } from './http/passwords/breach-file.ts';
import { startServer } from './server.ts';

/** `npm start`: reads the configuration, starts everything, and ends in good order. */

const EXIT_CONFIG = 2;
const EXIT_FENCED = 3;
const EXIT_START = 1;
/** EX_SOFTWARE of sysexits.h. */
const EXIT_UNEXPECTED = 70;
const IMPATIENT_AFTER_MS = 2_000;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

async function main(): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.logLevel });
  let stoppingSinceMs: number | undefined;
  let demo: DemoProcess | undefined;

  // Nobody knows what is true after it, so nothing goes on: the next start reads what was committed, as after a kill.
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'an unexpected error: the exchange ends');
    process.exit(EXIT_UNEXPECTED);
  });

  async function stop(reason: string, exitCode: number): Promise<void> {
    if (stoppingSinceMs !== undefined) return;
    stoppingSinceMs = Date.now();
    log.info({ reason }, 'stopping');
    try {
      // What has begun to start can only be stopped once it has started, above all the embedded database.
      const server = await starting;
      // Its traders take their orders back while the exchange still answers.
      await demo?.stop();
      await server.stop(reason);
      log.info('stopped');
    } catch (error) {
      log.error({ err: error }, 'could not stop in good order');
    }
    process.exit(exitCode);
  }

  const starting = startServer({
    config,
    log,
    version,
    onStopped: (why) => {
      if (why !== 'fenced') return;
      process.stderr.write(
        'bourse: another exchange has taken over this database. This one has committed nothing since and exits.\n',
      );
      void stop('another exchange has taken over', EXIT_FENCED);
    },
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // A later one is from somebody who doesn't want to wait. npm passes each signal on, so one Ctrl-C comes twice.
      if (stoppingSinceMs !== undefined && Date.now() - stoppingSinceMs > IMPATIENT_AFTER_MS)
        process.exit(130);
      void stop(`received ${signal}`, 0);
    });
  }

  // Without a certificate the signal keeps its meaning: the terminal is gone.
  if (config.tls !== undefined) {
    process.on('SIGHUP', () => {
      // Whether the start fails is for the others to say.
      starting.then((server) => server.reloadCertificate()).catch(() => {});
    });
  }

  const server = await starting;
  if (stoppingSinceMs !== undefined) return;
  log.info({ port: server.port }, 'the exchange is open');
  if (!config.production) process.stdout.write(welcome(config, server.port));
  if (config.demo) {
    demo = startDemo({
      urls: [
        `${schemeOf(config)}://${config.tls ? 'localhost' : '127.0.0.1'}:${server.port}`,
        urlOf(config, server.port),
      ],
      log,
    });
  }
}

function schemeOf({ tls }: Config): 'http' | 'https' {
  return tls === undefined ? 'http' : 'https';
}

function urlOf(config: Config, port: number): string {
  return `${schemeOf(config)}://localhost:${port}`;
}

function welcome(config: Config, port: number): string {
  const url = urlOf(config, port);
  return `
Bourse ${version} is open at ${url}

  ${`${url}/`.padEnd(32)}trade
  ${`${url}/console`.padEnd(32)}operate: withdrawals that wait, markets, users, health
  ${`${url}/docs`.padEnd(32)}the REST API; the WebSocket API is at /ws
  npm run demo                    more simulated traders
  npm run -s bourse -- --help     users, deposits, markets, verify, replay

Ctrl-C stops it; the data stays.

`;
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`bourse: ${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  if (error instanceof CertificateError || error instanceof BreachFileError) {
    const names = error instanceof CertificateError ? 'TLS_CERT and TLS_KEY' : 'BREACHED_PASSWORDS';
    process.stderr.write(`bourse: ${names}: ${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  process.stderr.write(
    `bourse: could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(EXIT_START);
}
