import type { ExecutionContext } from 'ava';
import type { DatabasePool } from 'slonik';
import { replay } from '../../src/cli/commands/replay.ts';
import type { CommandContext } from '../../src/cli/context.ts';
import { verify } from '../../src/db/verify/verify.ts';

/** Proves the database with every check there is, and by replaying its message log. */
export async function assertVerified(t: ExecutionContext, pool: DatabasePool): Promise<void> {
  t.deepEqual(await brokenInvariants(pool), [], 'every invariant holds');
}

/** What the checks of the database and the replay find wrong. A teardown throws on it: it can't assert any more. */
export async function brokenInvariants(pool: DatabasePool): Promise<readonly unknown[]> {
  return [...(await brokenChecks(pool)), ...(await replayDifferences(pool))];
}

/** What the checks of the database find wrong. */
export async function brokenChecks(pool: DatabasePool): Promise<readonly unknown[]> {
  const results = await verify(pool);
  return results.filter(({ ok }) => !ok).map(({ name, offenders }) => [name, ...offenders]);
}

/** What `bourse replay` says that is not as it should be. */
async function replayDifferences(pool: DatabasePool): Promise<string[]> {
  const lines: string[] = [];
  const output = { print: (text: string) => void lines.push(text), note() {}, fail() {} };
  try {
    await replay({ output, database: async () => pool } as unknown as CommandContext, {});
    return [];
  } catch (error) {
    return [String(error), ...lines.filter((line) => !line.startsWith('ok'))];
  }
}
