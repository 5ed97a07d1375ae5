import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The only reader of process.env. */

export interface Config {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Where the embedded database and what development made up are kept. */
  readonly dataDir: string;
  /** undefined: an embedded PostgreSQL in dataDir. */
  readonly databaseUrl: string | undefined;
  /** Signs access tokens; at least 32 characters. */
  readonly jwtSecret: string;
  /** Seals what the database must not tell, such as the secrets of second factors; at least 32 characters. */
  readonly dataKey: string;
  readonly logLevel: string;
  readonly trustProxy: boolean;
}

/** What is wrong with the environment, in sentences for whoever starts the exchange. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const MIN_SECRET_LENGTH = 32;

const Environment = z.object({
  NODE_ENV: z.string().optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('0.0.0.0'),
  DATA_DIR: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  JWT_SECRET: z.string().min(MIN_SECRET_LENGTH).optional(),
  DATA_KEY: z.string().min(MIN_SECRET_LENGTH).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TRUST_PROXY: z.enum(['on', 'off']).default('off'),
});

const MEANINGS: Readonly<Record<string, string>> = Object.freeze({
  PORT: 'PORT must be a whole number from 0 to 65535 (0 picks a free port)',
  DATABASE_URL: 'DATABASE_URL must be a postgresql:// address',
  JWT_SECRET: `JWT_SECRET must have at least ${MIN_SECRET_LENGTH} characters, for example of: openssl rand -base64 48`,
  DATA_KEY: `DATA_KEY must have at least ${MIN_SECRET_LENGTH} characters, and stay the same: it seals what is in the database`,
  LOG_LEVEL: 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
  TRUST_PROXY: 'TRUST_PROXY must be on or off',
});

/**
 * Reads the configuration. In production every secret must be given, and where the data goes; in development the data
 * goes to `./data` and a random secret is made once and kept there.
 * @throws ConfigError
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  // An empty variable is one that was not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
    throw new ConfigError(names.map((name) => MEANINGS[name] ?? `${name} is not valid`).join('; '));
  }
  const { NODE_ENV, PORT, HOST, DATA_DIR, DATABASE_URL, JWT_SECRET, DATA_KEY, LOG_LEVEL, TRUST_PROXY } =
    parsed.data;
  const production = NODE_ENV === 'production';
  if (production) {
    const missing: string[] = [];
    if (JWT_SECRET === undefined) missing.push(MEANINGS.JWT_SECRET!);
    if (DATA_KEY === undefined) missing.push(MEANINGS.DATA_KEY!);
    if (DATABASE_URL === undefined && DATA_DIR === undefined) {
      missing.push('DATABASE_URL (or DATA_DIR for an embedded database) must be set');
    }
    if (missing.length > 0) throw new ConfigError(`NODE_ENV=production: ${missing.join('; ')}`);
  }
  const dataDir = resolve(DATA_DIR ?? 'data');
  return {
    production,
    port: PORT,
    host: HOST,
    dataDir,
    databaseUrl: DATABASE_URL,
    jwtSecret: JWT_SECRET ?? developmentSecret(dataDir, 'jwt.secret'),
    dataKey: DATA_KEY ?? developmentSecret(dataDir, 'data.key'),
    logLevel: LOG_LEVEL,
    trustProxy: TRUST_PROXY === 'on',
  };
}

/** Where a running exchange leaves the address of its embedded database, for the command line. */
export function databaseUrlFile(config: Pick<Config, 'dataDir'>): string {
  return join(config.dataDir, 'database.url');
}

function developmentSecret(dataDir: string, name: string): string {
  const file = join(dataDir, name);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dataDir, { recursive: true });
  const secret = randomBytes(48).toString('base64url');
  try {
    // wx: of two that start at once, one makes the secret and both read it.
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(file, 'utf8').trim();
  }
}
