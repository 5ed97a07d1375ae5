import { z } from 'zod';
import type { Operations } from '../openapi/operation.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const amounts = z
  .array(z.string())
  .readonly()
  .meta({ description: 'Minor units, in the order of the assets.' });

export const LiabilityRoot = z
  .strictObject({
    type: z.literal('bourse.liabilities.v1'),
    batchNo: z.int(),
    logHash: hex,
    assets: z
      .array(z.tuple([z.string(), z.int()]))
      .readonly()
      .meta({ description: 'Symbol and scale.' }),
    depth: z.int(),
    totals: amounts,
    hash: hex,
  })
  .meta({ id: 'LiabilityRoot' });
export const LiabilityProof = z
  .strictObject({
    type: z.literal('bourse.liability-proof.v1'),
    account: z.int(),
    amounts,
    salt: hex,
    index: z.int(),
    siblings: z.array(z.strictObject({ hash: hex, sums: amounts })).readonly(),
  })
  .meta({ id: 'LiabilityProof' });
export const PublishLiabilities = {};

export const liabilityOperations = {
  'GET /v1/liabilities': {
    tag: 'custody',
    summary: 'What the exchange owes to all customers: the root of the newest tree',
    description: 'docs/liabilities.md says what it proves. Everybody should see the same.',
    access: 'public',
    replies: { 200: { schema: LiabilityRoot, description: 'The newest root.' } },
    problems: ['not_found'],
  },
  'GET /v1/me/liability-proof': {
    tag: 'custody',
    summary: 'My part of it',
    description: 'Checked offline by ops/verify-liability.mjs, against the root that everybody sees.',
    access: 'customer',
    replies: { 200: { schema: LiabilityProof, description: 'For nobody else.' } },
    problems: ['not_found'],
  },
  'POST /v1/admin/liabilities': {
    tag: 'operators',
    summary: 'Make a tree of liabilities now',
    description: 'One is made each day anyway.',
    access: 'operator',
    permission: 'liabilities.publish',
    request: PublishLiabilities,
    replies: { 201: { schema: LiabilityRoot, description: 'The new root.' } },
    problems: ['ledger_unbalanced'],
  },
} satisfies Operations;
