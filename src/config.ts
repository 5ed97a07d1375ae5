import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  type CustodyConfig,
  isMnemonic,
  NetworksConfigError,
  readNetworks,
} from './custody/custody-config.ts';
import { developmentSecret } from './data-directory.ts';
import { DatabaseTransportError, readTransport, trustsAnybody } from './db/transport.ts';
import { DEFAULT_RATE_LIMITS, DEVELOPMENT_FACTOR, type RateLimits } from './http/limits/policies.ts';
import type { MailSettings } from './http/mail/transports.ts';
import {
  type OidcProviderConfig,
  OidcProviderConfigError,
  readOidcProviders,
} from './http/oidc/provider-config.ts';

/** The only reader of process.env. */

export interface Config {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Where the embedded database and what development made up are kept. */
  readonly dataDir: string;
  /** undefined: an embedded PostgreSQL in dataDir. It says how PostgreSQL is verified as well, see db/transport.ts. */
  readonly databaseUrl: string | undefined;
  /** The first signs access tokens, those of the others are accepted; at least 32 characters each. */
  readonly jwtSecrets: readonly [string, ...string[]];
  /** Seals what the database must not tell, such as the secrets of second factors; at least 32 characters. */
  readonly dataKey: string;
  readonly logLevel: string;
  readonly trustProxy: boolean;
  /** PEM files, read again when they change. undefined: plain HTTP. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  /** Whose pages may use the API from a browser, besides those of the exchange's own address. */
  readonly corsOrigins: readonly string[];
  /** The origin at which people reach the exchange: links in mails and passkeys are bound to it. */
  readonly publicUrl: string;
  /** How mails leave. */
  readonly mail: MailSettings;
  /** A file of breached passwords' hashes, beside the list that is built in. */
  readonly breachedPasswords: string | undefined;
  readonly rateLimits: RateLimits;
  /** Where limits are counted by all processes together; undefined: each counts for itself. */
  readonly redisUrl: string | undefined;
  /** Through whom people may sign in besides. */
  readonly oidcProviders: readonly OidcProviderConfig[];
  /** How long withdrawals wait after a change of the sign-in. */
  readonly withdrawalHoldHours: number;
  /** How long an address waits after it was listed, where only listed ones are withdrawn to. */
  readonly withdrawalAddressHoldHours: number;
  readonly custody: CustodyConfig;
  /** Whether made-up people and traders use the exchange, so that there is something to look at. */
  readonly demo: boolean;
}

/** What is wrong with the environment, in sentences for whoever starts the exchange. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const MIN_SECRET_LENGTH = 32;

const MAX_HOLD_HOURS = 720;

const OriginList = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.every(isOrigin));

const SecretList = z
  .string()
  .transform((list) => list.split(',').map((secret) => secret.trim()))
  .refine((secrets) => secrets.every(({ length }) => length >= MIN_SECRET_LENGTH));

const limit = z.coerce.number().int().min(1).max(1_000_000_000).optional();
const limitVariables = {
  RATE_LIMIT_ADDRESS: limit,
  RATE_LIMIT_ACCOUNT: limit,
  RATE_LIMIT_KEY: limit,
  RATE_LIMIT_ORDERS: limit,
  RATE_LIMIT_ORDERS_DAY: limit,
  RATE_LIMIT_SOCKETS: limit,
};

const Environment = z.object({
  NODE_ENV: z.string().optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('0.0.0.0'),
  DATA_DIR: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  JWT_SECRET: z.string().min(MIN_SECRET_LENGTH).optional(),
  JWT_ACCEPTED_SECRETS: SecretList.default([]),
  DATA_KEY: z.string().min(MIN_SECRET_LENGTH).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TRUST_PROXY: z.enum(['on', 'off']).default('off'),
  DATABASE_CA: z.string().optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  CORS_ORIGINS: OriginList.default([]),
  PUBLIC_URL: z.string().refine(isOrigin).optional(),
  SMTP_URL: z.string().refine(isSmtpUrl).optional(),
  MAIL_FROM: z.email().optional(),
  BREACHED_PASSWORDS: z.string().optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  ...limitVariables,
  OIDC_PROVIDERS: z.string().optional(),
  WITHDRAWAL_HOLD_HOURS: z.coerce.number().int().min(0).max(MAX_HOLD_HOURS).default(24),
  WITHDRAWAL_ADDRESS_HOLD_HOURS: z.coerce.number().int().min(0).max(MAX_HOLD_HOURS).default(24),
  SIMULATED_NETWORK: z.enum(['on', 'off']).optional(),
  CUSTODY_NETWORKS: z.string().optional(),
  CUSTODY_MNEMONIC: z.string().optional(),
  DEMO: z.enum(['on', 'off']).optional(),
});

const MEANINGS: Readonly<Record<string, string>> = Object.freeze({
  PORT: 'PORT must be a whole number from 0 to 65535 (0 picks a free port)',
  DATABASE_URL: 'DATABASE_URL must be a postgresql:// address',
  JWT_SECRET: `JWT_SECRET must have at least ${MIN_SECRET_LENGTH} characters, for example of: openssl rand -base64 48`,
  JWT_ACCEPTED_SECRETS: `JWT_ACCEPTED_SECRETS must be secrets with commas between them, at least ${MIN_SECRET_LENGTH} characters each`,
  DATA_KEY: `DATA_KEY must have at least ${MIN_SECRET_LENGTH} characters, and stay the same: it seals what is in the database`,
  WITHDRAWAL_HOLD_HOURS: `WITHDRAWAL_HOLD_HOURS must be a whole number from 0 to ${MAX_HOLD_HOURS}`,
  WITHDRAWAL_ADDRESS_HOLD_HOURS: `WITHDRAWAL_ADDRESS_HOLD_HOURS must be a whole number from 0 to ${MAX_HOLD_HOURS}`,
  SIMULATED_NETWORK: 'SIMULATED_NETWORK must be on or off',
  DEMO: 'DEMO must be on or off',
  LOG_LEVEL: 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
  TRUST_PROXY: 'TRUST_PROXY must be on or off',
  CORS_ORIGINS:
    'CORS_ORIGINS must be origins with commas between them, written as browsers do: https://trade.example.com',
  SMTP_URL: 'SMTP_URL must be a smtp:// or smtps:// address: smtps://user:password@mail.example.com:465',
  MAIL_FROM: 'MAIL_FROM must be the address that mails come from: exchange@example.com',
  REDIS_URL: 'REDIS_URL must be a redis:// or rediss:// address',
  ...Object.fromEntries(
    Object.keys(limitVariables).map((name) => [name, `${name} must be a whole number from 1 to 1000000000`]),
  ),
  PUBLIC_URL:
    'PUBLIC_URL must be the origin at which people reach the exchange, written as browsers do: https://trade.example.com',
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
  const { NODE_ENV, PORT, HOST, DATA_DIR, DATABASE_URL, DATABASE_CA, JWT_SECRET, DATA_KEY } = parsed.data;
  const { LOG_LEVEL, TRUST_PROXY, TLS_CERT, TLS_KEY, CORS_ORIGINS, PUBLIC_URL } = parsed.data;
  const { JWT_ACCEPTED_SECRETS, SMTP_URL, MAIL_FROM, DEMO } = parsed.data;
  const { BREACHED_PASSWORDS, OIDC_PROVIDERS, WITHDRAWAL_HOLD_HOURS } = parsed.data;
  const production = NODE_ENV === 'production';
  if (production) {
    const missing: string[] = [];
    if (JWT_SECRET === undefined) missing.push(MEANINGS.JWT_SECRET!);
    if (DATA_KEY === undefined) missing.push(MEANINGS.DATA_KEY!);
    if (PUBLIC_URL === undefined) missing.push(MEANINGS.PUBLIC_URL!);
    if (SMTP_URL === undefined) missing.push(MEANINGS.SMTP_URL!);
    if (MAIL_FROM === undefined) missing.push(MEANINGS.MAIL_FROM!);
    if (DATABASE_URL === undefined && DATA_DIR === undefined) {
      missing.push('DATABASE_URL (or DATA_DIR for an embedded database) must be set');
    }
    if (DEMO === 'on') missing.push('DEMO must be off');
    if (missing.length > 0) throw new ConfigError(`NODE_ENV=production: ${missing.join('; ')}`);
  }
  if ((TLS_CERT === undefined) !== (TLS_KEY === undefined)) {
    throw new ConfigError('TLS_CERT and TLS_KEY must be set together, or neither');
  }
  if ((SMTP_URL === undefined) !== (MAIL_FROM === undefined)) {
    throw new ConfigError('SMTP_URL and MAIL_FROM must be set together, or neither');
  }
  const databaseUrl = verifiedDatabaseUrl(DATABASE_URL, DATABASE_CA, production);
  const dataDir = resolve(DATA_DIR ?? 'data');
  return {
    production,
    port: PORT,
    host: HOST,
    dataDir,
    databaseUrl,
    jwtSecrets: [JWT_SECRET ?? developmentSecret(dataDir, 'jwt.secret'), ...JWT_ACCEPTED_SECRETS],
    dataKey: DATA_KEY ?? developmentSecret(dataDir, 'data.key'),
    logLevel: LOG_LEVEL,
    trustProxy: TRUST_PROXY === 'on',
    tls:
      TLS_CERT === undefined || TLS_KEY === undefined
        ? undefined
        : { certificateFile: resolve(TLS_CERT), keyFile: resolve(TLS_KEY) },
    corsOrigins: CORS_ORIGINS,
    mail:
      SMTP_URL === undefined || MAIL_FROM === undefined
        ? { type: 'folder', directory: join(dataDir, 'outbox') }
        : { type: 'smtp', url: SMTP_URL, from: MAIL_FROM },
    rateLimits: rateLimitsOf(parsed.data, production),
    redisUrl: parsed.data.REDIS_URL,
    breachedPasswords: BREACHED_PASSWORDS === undefined ? undefined : resolve(BREACHED_PASSWORDS),
    publicUrl: PUBLIC_URL ?? `${TLS_CERT === undefined ? 'http' : 'https'}://localhost:${PORT}`,
    oidcProviders: OIDC_PROVIDERS === undefined ? [] : oidcProvidersOf(resolve(OIDC_PROVIDERS)),
    withdrawalHoldHours: WITHDRAWAL_HOLD_HOURS,
    withdrawalAddressHoldHours: parsed.data.WITHDRAWAL_ADDRESS_HOLD_HOURS,
    custody: custodyOf(parsed.data, production, dataDir),
    // By itself only where nothing was configured that is somebody else’s.
    demo:
      (DEMO ?? (production || databaseUrl !== undefined || TLS_CERT !== undefined ? 'off' : 'on')) === 'on',
  };
}

/** Real networks need the words that their keys come from; the simulated one is for development. */
function custodyOf(
  { SIMULATED_NETWORK, CUSTODY_NETWORKS, CUSTODY_MNEMONIC: mnemonic }: z.output<typeof Environment>,
  production: boolean,
  dataDir: string,
): CustodyConfig {
  const isSimulated = (SIMULATED_NETWORK ?? (production ? 'off' : 'on')) === 'on';
  const simulatedSecret = isSimulated ? developmentSecret(dataDir, 'simulated-network.secret') : undefined;
  if (CUSTODY_NETWORKS === undefined) return { simulatedSecret };
  if (mnemonic === undefined || !isMnemonic(mnemonic))
    throw new ConfigError('CUSTODY_NETWORKS needs CUSTODY_MNEMONIC: 12 to 24 words as BIP-39 has them');
  try {
    return { simulatedSecret, mnemonic, networks: readNetworks(resolve(CUSTODY_NETWORKS)) };
  } catch (error) {
    if (!(error instanceof NetworksConfigError)) throw error;
    throw new ConfigError(`CUSTODY_NETWORKS: ${error.message}`);
  }
}

/** What was not set has its default, in development many times that. */
function rateLimitsOf(
  given: { readonly [Name in keyof typeof limitVariables]?: number | undefined },
  production: boolean,
): RateLimits {
  const factor = production ? 1 : DEVELOPMENT_FACTOR;
  const orDefault = (value: number | undefined, name: keyof RateLimits) =>
    value ?? DEFAULT_RATE_LIMITS[name] * factor;
  return {
    addressPoints: orDefault(given.RATE_LIMIT_ADDRESS, 'addressPoints'),
    accountPoints: orDefault(given.RATE_LIMIT_ACCOUNT, 'accountPoints'),
    keyPoints: orDefault(given.RATE_LIMIT_KEY, 'keyPoints'),
    unfilledOrders: orDefault(given.RATE_LIMIT_ORDERS, 'unfilledOrders'),
    unfilledOrdersADay: orDefault(given.RATE_LIMIT_ORDERS_DAY, 'unfilledOrdersADay'),
    socketsOfAddress: orDefault(given.RATE_LIMIT_SOCKETS, 'socketsOfAddress'),
  };
}

function oidcProvidersOf(file: string): readonly OidcProviderConfig[] {
  try {
    return readOidcProviders(file);
  } catch (error) {
    if (!(error instanceof OidcProviderConfigError)) throw error;
    throw new ConfigError(`OIDC_PROVIDERS: ${error.message}`);
  }
}

/** An origin as browsers send it: no path, no default port, lower case; never `*` or `null`. */
function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isSmtpUrl(text: string): boolean {
  return /^smtps?:\/\/[^\s/]+\/?$/.test(text) && URL.canParse(text) && new URL(text).hostname !== '';
}

/** The address with its authority, once it is known that what it asks for can be had. */
function verifiedDatabaseUrl(
  address: string | undefined,
  authorityFile: string | undefined,
  production: boolean,
): string | undefined {
  if (address === undefined) {
    if (authorityFile !== undefined) throw new ConfigError('DATABASE_CA needs a DATABASE_URL');
    return undefined;
  }
  let whole = address;
  if (authorityFile !== undefined) {
    const url = new URL(address);
    url.searchParams.set('sslrootcert', resolve(authorityFile));
    whole = url.href;
  }
  try {
    const transport = readTransport(whole);
    if (production && trustsAnybody(transport)) {
      throw new ConfigError('NODE_ENV=production: DATABASE_URL must not have sslmode=no-verify');
    }
    return whole;
  } catch (error) {
    if (!(error instanceof DatabaseTransportError)) throw error;
    const names = authorityFile === undefined ? 'DATABASE_URL' : 'DATABASE_URL with DATABASE_CA';
    throw new ConfigError(`${names}: ${error.message}`);
  }
}
