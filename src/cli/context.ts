import type { DatabasePool } from 'slonik';
import type { Config } from '../config.ts';
import { createTokenSecrets } from '../http/auth/token-secrets.ts';
import { type CommandDatabase, openDatabase } from './database.ts';
import { createExchangeApi, type ExchangeApi } from './exchange-api.ts';
import { type OperatorAccess, openOperatorAccess } from './operator-access.ts';
import { createOutput, type Output, type OutputStreams } from './output.ts';
import { sendToOwnExchange } from './own-exchange.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly as?: string;
}

/** What the commands work with. Nothing is opened before a command asks for it. */
export interface CommandContext {
  readonly output: Output;
  readonly config: Config;
  database(): Promise<DatabasePool>;
  /** The exchange's API as anybody may use it. */
  publicApi(): ExchangeApi;
  /** The same with the rights of an operator. */
  operatorApi(): Promise<ExchangeApi>;
  /** Ends what the command opened. */
  close(): Promise<void>;
}

export function createContext(
  config: Config,
  options: GlobalOptions,
  streams: OutputStreams,
): CommandContext {
  const output = createOutput(streams, options.json === true);
  const baseUrl = options.url ?? `${config.tls === undefined ? 'http' : 'https'}://127.0.0.1:${config.port}`;
  // The exchange of this machine is known by its certificate, any other by its name.
  const send = () =>
    options.url === undefined && config.tls !== undefined
      ? sendToOwnExchange(config.tls.certificateFile)
      : undefined;
  let database: Promise<CommandDatabase> | undefined;
  let access: Promise<OperatorAccess> | undefined;

  const context: CommandContext = {
    output,
    config,
    async database() {
      database ??= openDatabase(config, output.note);
      return (await database).pool;
    },
    publicApi: () => createExchangeApi({ baseUrl, send: send() }),
    async operatorApi() {
      access ??= context.database().then((pool) =>
        openOperatorAccess({
          pool,
          tokenSecrets: createTokenSecrets(config.jwtSecrets),
          email: options.as,
          production: config.production,
        }),
      );
      const { accessToken } = await access;
      return createExchangeApi({ baseUrl, send: send(), accessToken });
    },
    async close() {
      const opened = await Promise.allSettled([access, database]);
      if (opened[0].status === 'fulfilled') await opened[0].value?.end();
      if (opened[1].status === 'fulfilled') await opened[1].value?.close();
    },
  };
  return context;
}

/** Runs a command and turns what goes wrong into an exit code. */
export type Run = (command: (context: CommandContext) => Promise<void>) => Promise<void>;
