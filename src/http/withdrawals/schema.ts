import { z } from 'zod';
import { WITHDRAWAL_STATUSES } from '../../domain/withdrawals/withdrawal-machine.ts';
import { networkName } from '../custody/schema.ts';
import { shownFactor } from '../factors/schema.ts';
import { accountIdText, assetSymbol, cursor, decimal, limit, page } from '../wire.ts';

export const withdrawalIdText = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/, 'Must be the id of a withdrawal such as "17".')
  .meta({ example: '17' });
export const addressText = z
  .string()
  .min(1)
  .max(128)
  .meta({ description: 'As the network writes it.', example: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' });

const time = z.iso.datetime();
export const withdrawalFields = {
  id: withdrawalIdText,
  account: accountIdText,
  asset: assetSymbol,
  network: networkName,
  amount: decimal.meta({ description: 'What arrives.' }),
  fee: decimal.meta({ description: 'What the exchange takes, on top.' }),
  total: decimal,
  address: z.string(),
  clientWithdrawalId: z.string().nullable(),
  status: z.enum(WITHDRAWAL_STATUSES),
  reason: z.string().nullable().meta({ description: 'Why it ended without being paid.' }),
  version: z.int(),
  requestedAt: time,
  heldUntil: time,
  expiresAt: time,
  updatedAt: time,
  txId: z.string().nullable(),
  approvals: z.strictObject({ given: z.int(), required: z.int() }),
};
export const Withdrawal = z.strictObject(withdrawalFields).meta({ id: 'Withdrawal' });

export const historyEntry = z
  .strictObject({
    type: z.string(),
    at: time,
    by: z.string().nullable().meta({ description: 'Who did it, where operators may know.' }),
    note: z.string().nullable(),
  })
  .meta({ id: 'WithdrawalHistoryEntry' });

export const WithdrawalReply = z.strictObject({ withdrawal: Withdrawal }).meta({ id: 'WithdrawalReply' });
export const WithdrawalInFull = z
  .strictObject({ withdrawal: Withdrawal, history: z.array(historyEntry).readonly() })
  .meta({ id: 'WithdrawalInFull' });
export const WithdrawalPage = page(Withdrawal).meta({ id: 'WithdrawalPage' });

const one = z.strictObject({ withdrawalId: withdrawalIdText.transform(Number) });
export const statuses = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(z.enum(WITHDRAWAL_STATUSES)).min(1))
  .optional()
  .meta({
    description: 'With commas between them; all when left out.',
    example: 'requested,held',
    override: { type: 'string' },
  });

export const RequestWithdrawal = {
  body: z
    .strictObject({
      asset: assetSymbol,
      network: networkName.optional(),
      address: addressText.optional(),
      addressId: z
        .string()
        .max(40)
        .optional()
        .meta({ description: 'Of the address book, instead of an address.' }),
      amount: decimal,
      clientWithdrawalId: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,64}$/, 'Must be 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-".')
        .optional()
        .meta({ description: 'A repeat of it with the same request answers the first withdrawal.' }),
    })
    .refine(
      ({ address, addressId }) => (address === undefined) !== (addressId === undefined),
      'Must have either an address or an addressId.',
    )
    .meta({
      id: 'RequestWithdrawal',
      example: { asset: 'BTC', address: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', amount: '0.05' },
    }),
};
export const ConfirmWithdrawal = { params: one, body: shownFactor('ConfirmWithdrawal') };
export const CancelWithdrawal = { params: one };
export const GetWithdrawal = { params: one };
export const ListWithdrawals = {
  query: z.strictObject({ status: statuses, limit: limit(500, 100), cursor }),
};

const used = { limit: decimal.nullable(), used: decimal, remaining: decimal.nullable() };
export const WithdrawalLimits = z
  .strictObject({
    valuationAsset: assetSymbol,
    day: z.strictObject(used).meta({ description: 'In 24 hours, in the valuation asset; null: no limit.' }),
    assets: z.array(z.strictObject({ asset: assetSymbol, ...used })).readonly(),
    paused: z.boolean(),
    frozen: z.boolean(),
    heldUntil: time
      .nullable()
      .meta({ description: 'Until then nothing may be withdrawn: the sign-in changed.' }),
  })
  .meta({ id: 'WithdrawalLimits' });
