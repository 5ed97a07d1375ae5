import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import { POSTING_KINDS, type PostingKind } from '../domain/settlement.ts';

/** A journal entry as one account sees it: its own postings. */
export interface AccountEntry {
  readonly entryNo: number;
  readonly kind: PostingKind;
  readonly postedAtMs: number;
  readonly postings: readonly { readonly assetId: number; readonly amountMinor: bigint }[];
}

const kinds = new Map(
  Object.entries(POSTING_KINDS).map(([kind, code]) => [code as number, kind as PostingKind]),
);
const entryRow = z
  .strictObject({
    entryNo: z.bigint().transform(Number),
    kind: z.number(),
    postedAtMs: z.bigint().transform(Number),
    assetIds: z.array(z.number()),
    amounts: z.array(z.bigint()),
  })
  .transform(
    ({ entryNo, kind, postedAtMs, assetIds, amounts }): AccountEntry => ({
      entryNo,
      kind: kinds.get(kind)!,
      postedAtMs,
      postings: assetIds.map((assetId, index) => ({ assetId, amountMinor: amounts[index]! })),
    }),
  );

/** Newest first. */
export async function listEntries(
  db: CommonQueryMethods,
  page: {
    readonly accountId: number;
    readonly assetId?: number | undefined;
    /** Only entries with a lower number. */
    readonly before?: number | undefined;
    readonly limit: number;
  },
): Promise<readonly AccountEntry[]> {
  const ofAsset = page.assetId === undefined ? sql.fragment`true` : sql.fragment`asset_id = ${page.assetId}`;
  return db.any(sql.type(entryRow)`
    select entry_no as "entryNo", min(kind) as kind, min(posted_at_ms) as "postedAtMs",
           array_agg(asset_id order by asset_id) as "assetIds",
           array_agg(amount_minor order by asset_id) as amounts
    from postings
    where account_id = ${page.accountId} and entry_no < ${page.before ?? Number.MAX_SAFE_INTEGER} and ${ofAsset}
    group by entry_no order by entry_no desc limit ${page.limit}`);
}
