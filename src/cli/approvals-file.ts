import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fromLogged, type LoggedWithdrawal, toLogged } from '../domain/withdrawals/logged-withdrawal.ts';
import type { Withdrawal, WithdrawalEvent } from '../domain/withdrawals/withdrawal.ts';
import type { SignedWithdrawal, TrustedKey } from '../signatures/signed-withdrawal.ts';
import { CliError, EXIT } from './errors.ts';

/**
 * Signed withdrawals as a file, so that their approvals can be verified where no database is: a line that says what it is, with the
 * keys that the exchange knows and the address that passkeys are bound to, then a JSON object a withdrawal.
 */

const keys = z.array(
  z.strictObject({
    userId: z.int().positive(),
    method: z.enum(['passkey', 'ed25519']),
    publicKey: z.string().regex(/^[A-Za-z0-9_-]+$/),
    isTreasurer: z.boolean().optional(),
  }),
);
const header = z.strictObject({ bourseApprovals: z.literal(1), publicUrl: z.url(), keys });
const integer = z.string().regex(/^-?\d{1,40}$/);
const userIds = z.array(z.int()).nullable();
/** What a payload is made of has to be there; the rest goes along. */
const logged = z.looseObject({
  withdrawalNo: z.int().positive(),
  accountId: z.int(),
  userId: z.int(),
  amountMinor: integer,
  feeMinor: integer,
  valueMinor: integer.nullable(),
  network: z.string(),
  address: z.string(),
  expiresAtMs: z.int(),
  version: z.int(),
  rule: z.strictObject({ tier: z.string(), required: z.int(), treasurers: z.int(), approvers: userIds }),
});
const evidence = z.looseObject({
  payload: z.string(),
  method: z.enum(['passkey', 'ed25519']),
  keyId: z.string(),
  publicKey: z.string(),
  signature: z.string(),
  authenticatorData: z.string().optional(),
  clientDataJson: z.string().optional(),
});
const approval = z.looseObject({
  type: z.enum(['endorsed', 'approved']),
  userId: z.int(),
  isTreasurer: z.boolean(),
  evidence,
});
const approvalEvent = z.looseObject({
  type: z.enum(['endorsed', 'approved']),
  atMs: z.int(),
  detail: approval,
});
const otherEvent = z.looseObject({
  type: z.string().regex(/^(?!endorsed$|approved$)/),
  atMs: z.int(),
  detail: z.looseObject({
    type: z
      .string()
      .regex(/^(?!endorsed$|approved$)/)
      .optional(),
  }),
});
const line = z.strictObject({
  withdrawal: logged,
  asset: z.strictObject({ symbol: z.string(), scale: z.int().min(0).max(18) }),
  paidMinor: integer.nullable(),
  events: z.array(z.union([approvalEvent, otherEvent])),
});

export interface ApprovalsFile {
  readonly publicUrl: string;
  readonly keys: readonly TrustedKey[];
  readonly withdrawals: readonly SignedWithdrawal[];
}

/** @throws what the file system says */
export async function writeApprovalsFile(
  path: string,
  { publicUrl, keys: known }: Pick<ApprovalsFile, 'publicUrl' | 'keys'>,
  withdrawals: AsyncIterable<SignedWithdrawal>,
): Promise<number> {
  const file = await open(path, 'w', 0o600);
  let count = 0;
  try {
    await file.write(`${JSON.stringify({ bourseApprovals: 1, publicUrl, keys: known })}\n`);
    for await (const { withdrawal, asset, events, paidMinor } of withdrawals) {
      const one = {
        withdrawal: toLogged(withdrawal),
        asset,
        events,
        paidMinor: paidMinor?.toString() ?? null,
      };
      await file.write(`${JSON.stringify(one)}\n`);
      count += 1;
    }
  } finally {
    await file.close();
  }
  return count;
}

/** @throws {CliError} `invalid_approvals_file` */
export async function readApprovalsFile(path: string): Promise<ApprovalsFile> {
  return parsed(path, (text) => {
    const [first = '', ...rest] = text.split('\n').filter((one) => one !== '');
    const { publicUrl, keys: known } = header.parse(JSON.parse(first));
    const withdrawals = rest.map((one) => {
      const { withdrawal, asset, events, paidMinor } = line.parse(JSON.parse(one));
      return {
        withdrawal: fromLogged(withdrawal as unknown as LoggedWithdrawal) as Withdrawal,
        asset,
        events: events.map(({ type, atMs, detail }) => ({ type, atMs, detail: detail as WithdrawalEvent })),
        paidMinor: paidMinor === null ? null : BigInt(paidMinor),
      };
    });
    return { publicUrl, keys: known, withdrawals };
  });
}

/** @throws {CliError} `invalid_approvals_file` */
export async function readTrustedKeys(path: string): Promise<readonly TrustedKey[]> {
  return parsed(path, (text) => keys.parse(JSON.parse(text)));
}

async function parsed<Value>(path: string, parse: (text: string) => Value): Promise<Value> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? 'it is not as this program writes it' : (error as Error).message;
    throw new CliError('invalid_approvals_file', `${path}: ${why}.`, EXIT.usage);
  }
}
