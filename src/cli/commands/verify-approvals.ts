import { listSigningKeys, readSignedWithdrawals } from '../../db/signed-withdrawals.ts';
import { formatDecimal } from '../../domain/money.ts';
import { relyingPartyOf } from '../../signatures/relying-party.ts';
import {
  faultsOfSigned,
  type SignedWithdrawal,
  type TrustedKey,
} from '../../signatures/signed-withdrawal.ts';
import { readApprovalsFile, readTrustedKeys, writeApprovalsFile } from '../approvals-file.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';

export interface VerifyApprovalsOptions {
  /** Only this one. */
  readonly withdrawal?: number;
  /** A file to read in the place of the database. */
  readonly import?: string;
  /** A file to write, to be verified elsewhere. */
  readonly export?: string;
  /** A file of the only keys to be believed, in the place of those that the exchange knows. */
  readonly keys?: string;
  /** What passkeys are bound to (default PUBLIC_URL, or what the file says). */
  readonly publicUrl?: string;
}

interface Source {
  readonly publicUrl: string;
  readonly keys: readonly TrustedKey[];
  readonly withdrawals: AsyncIterable<SignedWithdrawal> | Iterable<SignedWithdrawal>;
}

/**
 * Proves that every withdrawal whose payment was signed had been approved as its rule asks, a line each.
 * @throws {CliError} `approvals_not_good`, `withdrawal_not_found`, `invalid_approvals_file`, `invalid_public_url`
 */
export async function verifyApprovals(
  context: CommandContext,
  options: VerifyApprovalsOptions,
): Promise<void> {
  const trusted = options.keys === undefined ? undefined : await readTrustedKeys(options.keys);
  const source = options.import === undefined ? await fromDatabase() : await fromFile(options.import);
  const publicUrl = options.publicUrl ?? source.publicUrl;
  if (!URL.canParse(publicUrl))
    throw new CliError('invalid_public_url', `${publicUrl} is not an address.`, EXIT.usage);
  if (options.export !== undefined) {
    const { keys } = source;
    const count = await writeApprovalsFile(options.export, { publicUrl, keys }, each(source.withdrawals));
    context.output.print(`${count} withdrawals written to ${options.export}`, {
      exported: options.export,
      withdrawals: count,
    });
    return;
  }
  const relyingParty = relyingPartyOf(publicUrl);
  let examined = 0;
  let bad = 0;
  for await (const one of source.withdrawals) {
    const faults = await faultsOfSigned(one, trusted ?? source.keys, relyingParty);
    examined += 1;
    if (faults.length > 0) bad += 1;
    print(one, faults);
  }
  if (examined === 0 && options.withdrawal !== undefined)
    throw new CliError('withdrawal_not_found', 'No such withdrawal was signed.');
  if (bad > 0)
    throw new CliError('approvals_not_good', `${bad} of ${examined} withdrawals lack good approvals.`);
  context.output.note(`All ${examined} withdrawals that were signed had been approved as their rules ask.`);

  async function fromDatabase(): Promise<Source> {
    const pool = await context.database();
    return {
      publicUrl: context.config.publicUrl,
      keys: await listSigningKeys(pool),
      withdrawals: readSignedWithdrawals(pool, options.withdrawal),
    };
  }

  async function fromFile(path: string): Promise<Source> {
    const file = await readApprovalsFile(path);
    const isAsked = ({ withdrawal }: SignedWithdrawal) =>
      options.withdrawal === undefined || withdrawal.withdrawalNo === options.withdrawal;
    return { ...file, withdrawals: file.withdrawals.filter(isAsked) };
  }

  function print({ withdrawal, asset }: SignedWithdrawal, faults: readonly string[]): void {
    const { withdrawalNo, rule, amountMinor, address, network, txId } = withdrawal;
    const amount = formatDecimal(amountMinor, asset.scale);
    const asked = rule.required === 0 ? 'none asked for' : `${rule.required} asked for`;
    const what = `${withdrawalNo}: ${amount} ${asset.symbol} to ${address} over ${network}, ${asked}`;
    const isOk = faults.length === 0;
    const lines = [`${isOk ? 'ok  ' : 'FAIL'}  ${what}`, ...faults.map((fault) => `        ${fault}`)];
    context.output.print(lines.join('\n'), {
      withdrawal: withdrawalNo,
      ok: isOk,
      asset: asset.symbol,
      amount,
      address,
      network,
      txId,
      rule,
      faults,
    });
  }
}

async function* each<One>(items: AsyncIterable<One> | Iterable<One>): AsyncGenerator<One> {
  yield* items;
}
