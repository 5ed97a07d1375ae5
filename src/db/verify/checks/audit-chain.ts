import { sql } from 'slonik';
import { z } from 'zod';
import { readAudit } from '../../audit.ts';
import { chainedHash, GENESIS_HASH } from '../chain.ts';
import { type Check, OFFENDER_LIMIT } from '../check.ts';

const headRow = z.strictObject({ entryNo: z.bigint(), hash: z.instanceof(Buffer) });

/** Follows the chain of the audit log, from the hash that is stored, so that one changed entry is named alone. */
export const auditChain: Check = {
  name: 'audit_chain',
  title: 'the audit log is whole: entries without gaps, each chained to the one before by SHA-256',
  subject: 'audit entries',
  async run(db) {
    const offenders: string[] = [];
    const offend = (what: string) => {
      if (offenders.length < OFFENDER_LIMIT) offenders.push(what);
    };
    let previousHash: Buffer = GENESIS_HASH;
    let last = 0n;
    let examined = 0n;
    for await (const { entryNo, payload, hash } of readAudit(db)) {
      if (entryNo !== last + 1n) offend(`entry_no=${entryNo} follows=${last}`);
      if (!chainedHash(previousHash, entryNo, payload).equals(hash))
        offend(`entry_no=${entryNo} hash=${hash.toString('hex').slice(0, 16)}… does not follow`);
      previousHash = hash;
      last = entryNo;
      examined += 1n;
    }
    const head = await db.one(sql.type(headRow)`select entry_no as "entryNo", hash from audit_head`);
    if (head.entryNo !== last) offend(`audit_head.entry_no=${head.entryNo} last_entry=${last}`);
    if (!head.hash.equals(previousHash)) offend('audit_head.hash is not the hash of the last entry');
    return { examined, offenders };
  },
};
