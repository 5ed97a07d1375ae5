import { openDatabase } from '../src/cli/database.ts';
import { openOperatorAccess } from '../src/cli/operator-access.ts';
import type { Config } from '../src/config.ts';
import { createTokenSecrets } from '../src/http/auth/token-secrets.ts';
import { createOperator, type Operator } from './client/operator.ts';
import type { RestClient } from './client/rest.ts';

/**
 * Does something with an operator's rights at the exchange of this machine, as the command line has them. Simulated
 * customers need money and a market of their own, and only an operator can give them that.
 */
export async function asLocalOperator<Value>(
  config: Config,
  rest: RestClient,
  work: (operator: Operator) => Promise<Value>,
): Promise<Value> {
  const database = await openDatabase(config, (note) => void process.stderr.write(`${note}\n`));
  try {
    const access = await openOperatorAccess({
      pool: database.pool,
      tokenSecrets: createTokenSecrets(config.jwtSecrets),
      email: undefined,
      production: config.production,
    });
    try {
      return await work(createOperator(rest, access.accessToken));
    } finally {
      await access.end();
    }
  } finally {
    await database.close();
  }
}
