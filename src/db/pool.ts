import { createPgDriverFactory } from '@slonik/pg-driver';
import {
  createPool as createSlonikPool,
  type DatabasePool,
  type Interceptor,
  type QueryResultRow,
  SchemaValidationError,
  sql,
} from 'slonik';
import { givingUpSilence } from './silence.ts';
import { readTransport } from './transport.ts';
import { typeParsers } from './type-parsers.ts';

export interface PoolOptions {
  readonly maximumPoolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** After this PostgreSQL cancels a statement (SQLSTATE 57014). Default 30,000. */
  readonly statementTimeoutMs?: number;
  /** How long a statement may go unanswered before PostgreSQL is asked whether it is at work on it. Default 5,000. */
  readonly silenceMs?: number;
  /** Settings of its sessions, such as `{ enable_seqscan: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** `sql.unsafe` carries this schema: it accepts anything, so such rows need no check. */
const uncheckedSchema = sql.unsafe`select 1`.parser;

/**
 * Checks each row of `sql.type(schema)` with its schema and passes on what the schema makes of it. Slonik
 * carries the schema but leaves its use to an interceptor. Rows of `sql.unsafe` pass untouched.
 */
const resultParser: Interceptor = {
  name: 'result-parser',
  transformRow: (context, query, row) => {
    const schema = context.resultParser;
    if (schema === undefined || schema === uncheckedSchema) return row;
    const result = schema['~standard'].validate(row);
    if (result instanceof Promise) throw new TypeError('row schemas must be synchronous');
    if (result.issues !== undefined) throw new SchemaValidationError(query, row, result.issues);
    return result.value as QueryResultRow;
  },
};

/**
 * A pool of connections that fails fast and repeats nothing by itself: whether a batch may be sent again is
 * for settlement to decide, not for the driver. It connects once at creation, to look the type ids up.
 *
 * Sessions are not reset between users (no DISCARD ALL, a round trip each time, which would also drop the
 * prepared statements), so nothing may be left in one: no SET without LOCAL, no session-level advisory lock,
 * no temporary table. A connection whose user threw is closed, never reused.
 *
 * @throws the error of the connection; see `isConnectionError`. {@link readTransport} says how an address asks for TLS.
 */
export async function createPool(url: string, options: PoolOptions): Promise<DatabasePool> {
  const transport = readTransport(url);
  const dsn = new URL(transport.url);
  if (options.applicationName !== undefined) {
    dsn.searchParams.set('application_name', options.applicationName);
  }
  if (options.settings !== undefined) {
    const given = dsn.searchParams.get('options') ?? '';
    const ours = Object.entries(options.settings).map(([name, value]) => `-c ${name}=${value}`);
    dsn.searchParams.set('options', [given, ...ours].join(' ').trim());
  }
  const pool = await createSlonikPool(dsn.href, {
    captureStackTrace: false,
    ...(transport.ssl === false ? {} : { ssl: transport.ssl }),
    driverFactory: givingUpSilence(createPgDriverFactory(), options.silenceMs),
    maxPoolSize: options.maximumPoolSize,
    // The number of attempts, despite its name; whoever asks knows better when to try again.
    connectionRetryLimit: 1,
    // A server that is gone refuses at once; one that is only busy may take seconds to let somebody in.
    connectionTimeout: 10_000,
    statementTimeout: options.statementTimeoutMs ?? 30_000,
    idleInTransactionSessionTimeout: 30_000,
    idleTimeout: 60_000,
    gracefulTerminationTimeout: 1_000,
    // A handler run a second time behind our back could apply its side effects twice.
    transactionRetryLimit: 0,
    queryRetryLimit: 0,
    resetConnection: async () => {},
    typeParsers,
    interceptors: [resultParser],
  });
  // Without a listener an 'error' event would end the process. Whoever uses the connection gets the error
  // from its query, and an idle connection that died is replaced at the next use.
  pool.on('error', () => {});
  return pool;
}
