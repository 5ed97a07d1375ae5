import type { Operations } from '../openapi/operation.ts';
import { AuditPage, ListAudit, ListOwnAudit } from './schema.ts';

export const auditOperations = {
  'GET /v1/me/security-events': {
    tag: 'sign-in',
    summary: 'What happened to my user',
    description: 'Sessions, tries to begin one, changes of the password: what the audit log keeps of it.',
    access: 'customer',
    weight: 5,
    request: ListOwnAudit,
    replies: { 200: { schema: AuditPage, description: 'The newest first.' } },
    problems: [],
  },
  'GET /v1/admin/audit': {
    tag: 'operators',
    summary: 'The audit log',
    description:
      'Every security and operator action. Entries are never changed, and chained by SHA-256: `verify` checks it.',
    access: 'operator',
    weight: 5,
    permission: 'audit.read',
    request: ListAudit,
    replies: { 200: { schema: AuditPage, description: 'The newest first.' } },
    problems: [],
  },
} satisfies Operations;
