import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import type { DatabasePool } from 'slonik';
import type { Config } from '../config.ts';
import { databaseUrlFile } from '../data-directory.ts';
import { startEmbeddedPostgres } from '../db/embedded.ts';
import { certificateFailure, isConnectionError } from '../db/errors.ts';
import { createPool } from '../db/pool.ts';
import { CliError, EXIT } from './errors.ts';

/** The exchange's database, open for one command. */
export interface CommandDatabase {
  readonly pool: DatabasePool;
  close(): Promise<void>;
}

const CONNECTIONS = 2;
/** A proof may have to scan the largest table. */
const STATEMENT_TIMEOUT_MS = 24 * 60 * 60_000;

/**
 * Finds the database that the exchange uses: DATABASE_URL, or the embedded one of DATA_DIR. An embedded one that
 * doesn't run, because the exchange doesn't, is started for the command and stopped after it.
 * @param note told when a database has to be started
 * @throws {CliError} `database_not_found`, `database_unreachable` or `database_untrusted`
 */
export async function openDatabase(config: Config, note: (text: string) => void): Promise<CommandDatabase> {
  const url = config.databaseUrl ?? (await runningEmbeddedUrl(config));
  if (url !== undefined) {
    try {
      return await connect(url, async () => {});
    } catch (error) {
      const untrusted = certificateFailure(error);
      if (untrusted !== undefined) {
        const detail = `The database of DATABASE_URL does not prove who it is: ${untrusted}.`;
        throw new CliError('database_untrusted', detail, EXIT.unreachable, error);
      }
      if (!isConnectionError(error)) throw error;
      if (config.databaseUrl !== undefined) {
        throw new CliError(
          'database_unreachable',
          'The database of DATABASE_URL does not answer.',
          EXIT.unreachable,
          error,
        );
      }
      // The address is what a killed exchange left behind.
    }
  }
  if (!existsSync(join(config.dataDir, 'postgres'))) {
    const detail = `There is no database in ${config.dataDir}. Start the exchange first, or set DATA_DIR or DATABASE_URL.`;
    throw new CliError('database_not_found', detail, EXIT.unreachable);
  }
  note('The exchange is not running: its database is started for this command.');
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log: pino({ level: 'silent' }) });
  try {
    return await connect(server.url, () => server.stop());
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connect(url: string, afterwards: () => Promise<void>): Promise<CommandDatabase> {
  const pool = await createPool(url, {
    maximumPoolSize: CONNECTIONS,
    applicationName: 'bourse-cli',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  return {
    pool,
    async close() {
      await pool.end();
      await afterwards();
    },
  };
}

async function runningEmbeddedUrl(config: Config): Promise<string | undefined> {
  try {
    return (await readFile(databaseUrlFile(config), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
