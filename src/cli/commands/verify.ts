import { type CheckResult, verify as prove } from '../../db/verify/verify.ts';
import type { CommandContext } from '../context.ts';
import { CliError } from '../errors.ts';

/**
 * Proves from the database alone what must hold after every commit, a line each. It reads one snapshot, so it may run
 * while the exchange trades.
 * @throws {CliError} `verify_failed`
 */
export async function verify(context: CommandContext): Promise<void> {
  const pool = await context.database();
  const results = await prove(pool, (result) => context.output.print(describe(result), result));
  const failed = results.filter(({ ok }) => !ok);
  if (failed.length > 0) {
    throw new CliError('verify_failed', `${failed.length} of ${results.length} checks failed.`);
  }
  context.output.note(`All ${results.length} checks passed.`);
}

function describe({ ok, title, examined, subject, offenders, elapsedMs }: CheckResult): string {
  const line = `${ok ? 'ok  ' : 'FAIL'}  ${title} (${examined.toLocaleString('en-US')} ${subject}, ${elapsedMs} ms)`;
  return [line, ...offenders.map((offender) => `        ${offender}`)].join('\n');
}
