import { z } from 'zod';
import { AUDIT_ACTIONS, AUDIT_OUTCOMES } from '../../domain/audit.ts';
import { cursor, limit, page, userIdText } from '../wire.ts';

export const AuditEntry = z
  .strictObject({
    entryNo: z.string().meta({ description: '1, 2, 3 without gaps.' }),
    at: z.iso.datetime(),
    action: z.enum(AUDIT_ACTIONS),
    outcome: z.enum(AUDIT_OUTCOMES).meta({
      description:
        'An operator’s action has two entries: `asked` with what he asked for, then what came of it; `unknown` when that could not be told in time.',
    }),
    userId: userIdText.nullable().meta({ description: 'Whom it concerns; null where nobody is known.' }),
    actor: z.looseObject({ type: z.enum(['user', 'anonymous', 'command_line', 'exchange', 'operator']) }),
    detail: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'AuditEntry' });

export const AuditPage = page(AuditEntry).meta({ id: 'AuditPage' });

export const ListAudit = {
  query: z.strictObject({
    userId: userIdText.transform(Number).optional(),
    action: z.enum(AUDIT_ACTIONS).optional(),
    limit: limit(500, 100),
    cursor,
  }),
};

export const ListOwnAudit = { query: z.strictObject({ limit: limit(500, 100), cursor }) };
