import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';

const whole = z.bigint().transform(Number);
const json = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null,
);

/** Trees that are kept, the newest. */
const KEPT_TREES = 7;
const PROOFS_A_STATEMENT = 500;

/** Stores a tree with its proofs, in the place of the oldest kept one. */
export async function storeTree(
  pool: DatabasePool,
  tree: {
    readonly root: { readonly batchNo: number };
    proofs(): Iterable<readonly [accountId: number, proof: object]>;
  },
  atMs: number,
): Promise<void> {
  await pool.transaction(async (db) => {
    const treeNo = await db.oneFirst(sql.type(z.strictObject({ treeNo: whole }))`
      insert into liability_trees (batch_no, root, made_at_ms)
      values (${tree.root.batchNo}, ${JSON.stringify(tree.root)}::jsonb, ${atMs}) returning tree_no as "treeNo"`);
    let page: (readonly [accountId: number, proof: object])[] = [];
    const store = async () => {
      await db.query(sql.unsafe`
        insert into liability_proofs (tree_no, account_id, proof)
        select ${treeNo}, account_id, proof from unnest(
          ${sql.array(
            page.map(([accountId]) => accountId),
            'int8',
          )},
          ${sql.array(
            page.map(([, proof]) => JSON.stringify(proof)),
            'jsonb',
          )}
        ) as p (account_id, proof)`);
      page = [];
    };
    for (const one of tree.proofs()) {
      page.push(one);
      if (page.length === PROOFS_A_STATEMENT) await store();
    }
    if (page.length > 0) await store();
    await db.query(sql.unsafe`delete from liability_trees where tree_no <= ${treeNo - KEPT_TREES}`);
  });
}

/** The newest root, and when it was made; undefined: none was. */
export async function findNewestRoot(
  db: CommonQueryMethods,
): Promise<{ readonly root: Readonly<Record<string, unknown>>; readonly madeAtMs: number } | undefined> {
  const row = await db.maybeOne(sql.type(z.strictObject({ root: json, madeAtMs: whole }))`
    select root, made_at_ms as "madeAtMs" from liability_trees order by tree_no desc limit 1`);
  return row ?? undefined;
}

/** A customer's proof in the newest tree; undefined: he owned nothing then, or there is none. */
export async function findNewestProof(
  db: CommonQueryMethods,
  accountId: number,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const proof = await db.maybeOneFirst(sql.type(z.strictObject({ proof: json }))`
    select proof from liability_proofs
    where account_id = ${accountId} and tree_no = (select max(tree_no) from liability_trees)`);
  return proof ?? undefined;
}
