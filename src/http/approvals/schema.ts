import { z } from 'zod';
import { RISK_FLAGS } from '../../domain/withdrawals/withdrawal.ts';
import { Assertion } from '../passkeys/schema.ts';
import { assetSymbol, cursor, decimal, limit, page, userIdText } from '../wire.ts';
import { historyEntry, statuses, withdrawalFields, withdrawalIdText } from '../withdrawals/schema.ts';

const time = z.iso.datetime();
const hash = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'Must be a SHA-256, base64url.')
  .meta({
    description: 'SHA-256 of the payload, base64url.',
    example: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
  });
const publicKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'Must be 32 bytes, base64url.')
  .meta({ example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });
const signatureText = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'Must be 64 bytes, base64url.');
const keyIdText = z.string().regex(/^ak_[A-Za-z0-9_-]{20}$/, 'Must be the id of an approver key.');

const userIds = z.array(z.int().min(1)).max(100).nullable();
const count = z.int().min(0).max(20);
const rule = z.strictObject({
  tier: z.string().min(1).max(40),
  required: count,
  treasurers: count,
  approvers: userIds.meta({ description: 'Users who may approve; null: whoever has the permission.' }),
});

export const AdminWithdrawal = z
  .strictObject({
    ...withdrawalFields,
    userId: userIdText,
    email: z.string().nullable(),
    value: decimal
      .nullable()
      .meta({ description: 'In the valuation asset when it was asked for; null: not known.' }),
    valuationAsset: assetSymbol,
    rule,
    flags: z.array(z.enum(RISK_FLAGS)).readonly(),
    approvedBy: z
      .array(z.strictObject({ userId: userIdText, email: z.string().nullable(), isTreasurer: z.boolean() }))
      .readonly(),
    mayApprove: z.boolean(),
    whyNot: z
      .string()
      .nullable()
      .meta({ description: 'The code with which an approval of yours would be refused.' }),
  })
  .meta({ id: 'AdminWithdrawal' });
export const AdminWithdrawalPage = page(AdminWithdrawal)
  .extend({ paused: z.strictObject({ reason: z.string(), at: time }).nullable() })
  .meta({ id: 'AdminWithdrawalPage' });
export const AdminWithdrawalReply = z
  .strictObject({ withdrawal: AdminWithdrawal })
  .meta({ id: 'AdminWithdrawalReply' });
export const AdminWithdrawalInFull = z
  .strictObject({
    withdrawal: AdminWithdrawal,
    payload: z.string().meta({ description: 'What an approval signs the SHA-256 of: canonical JSON.' }),
    payloadHash: hash,
    rejectPayload: z.string(),
    rejectPayloadHash: hash,
    history: z.array(historyEntry).readonly(),
    accountHistory: z.strictObject({
      withdrawals: z.int(),
      deposits: z.int(),
      firstDepositAt: time.nullable(),
      registeredAt: time.nullable(),
    }),
  })
  .meta({ id: 'AdminWithdrawalInFull' });

const params = z.strictObject({ withdrawalId: withdrawalIdText.transform(Number) });
export const ListAdminWithdrawals = {
  query: z.strictObject({ status: statuses, limit: limit(500, 100), cursor }),
};
export const GetAdminWithdrawal = { params };
export const AskForApproval = {
  params,
  body: z.strictObject({ decision: z.enum(['approve', 'reject']) }).meta({ id: 'AskForApproval' }),
};
const signed = {
  payloadHash: hash,
  passkey: Assertion.optional(),
  signature: z
    .strictObject({
      keyId: keyIdText,
      signature: signatureText.meta({ description: 'Ed25519, over the 32 bytes of the hash.' }),
    })
    .optional(),
};
const isOne = ({ passkey, signature }: { passkey?: unknown; signature?: unknown }) =>
  (passkey === undefined) !== (signature === undefined);
const ONE = 'Must have either a passkey or a signature.';
const reason = z.string().trim().min(3).max(200).meta({ example: 'the address belongs to a scam' });

export const ApproveWithdrawal = {
  params,
  body: z.strictObject(signed).refine(isOne, ONE).meta({ id: 'ApproveWithdrawal' }),
};
export const RejectWithdrawal = {
  params,
  body: z
    .strictObject({ ...signed, reason })
    .refine(isOne, ONE)
    .meta({ id: 'RejectWithdrawal' }),
};
export const ReviseWithdrawal = {
  params,
  body: z
    .strictObject({ note: reason, expiresAt: time.optional(), rule: rule.optional() })
    .meta({ id: 'ReviseWithdrawal' }),
};
export const PauseWithdrawals = { body: z.strictObject({ reason }).meta({ id: 'PauseWithdrawals' }) };
export const ResumeWithdrawals = {};

const tier = z.strictObject({
  name: z.string().min(1).max(40),
  upTo: decimal.nullable(),
  approvals: count,
  treasurers: count,
  approvers: userIds,
});
const tiers = z.array(tier).min(1).max(10);
const ms = z
  .int()
  .min(1)
  .max(90 * 24 * 60 * 60 * 1000);
const policy = {
  valuationAsset: assetSymbol,
  tiers,
  assetTiers: z.record(assetSymbol, tiers).optional(),
  accountDayLimit: decimal.nullable(),
  assetDayLimits: z.record(assetSymbol, decimal),
  velocity: z.strictObject({ windowMs: ms, value: decimal, count: z.int().min(1).max(1_000_000) }).nullable(),
  confirmWithinMs: ms,
  approveWithinMs: ms,
  coolingMs: z
    .int()
    .min(0)
    .max(30 * 24 * 60 * 60 * 1000),
};
export const WithdrawalPolicy = z.strictObject(policy).meta({ id: 'WithdrawalPolicy' });
export const SetWithdrawalPolicy = { body: WithdrawalPolicy };
export const Desk = z
  .strictObject({
    policy: WithdrawalPolicy,
    paused: z.strictObject({ reason: z.string(), at: time }).nullable(),
  })
  .meta({ id: 'WithdrawalDesk' });

const ApproverKey = z
  .strictObject({ id: keyIdText, name: z.string(), publicKey, createdAt: time })
  .meta({ id: 'ApproverKey' });
export const AddedApproverKey = ApproverKey;
export const ApproverKeyList = z
  .strictObject({ items: z.array(ApproverKey).readonly() })
  .meta({ id: 'ApproverKeyList' });
export const AddApproverKey = {
  body: z
    .strictObject({
      name: z.string().trim().min(1).max(64),
      publicKey,
      proof: signatureText.meta({
        description:
          'Ed25519 over the SHA-256 of `bourse.approver-key.v1 USER_ID PUBLIC_KEY`: shows that you have the private key.',
      }),
    })
    .meta({ id: 'AddApproverKey' }),
};
export const RemoveApproverKey = { params: z.strictObject({ approverKeyId: keyIdText }) };
