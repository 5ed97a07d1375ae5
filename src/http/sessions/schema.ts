import { z } from 'zod';
import { newPassword, shownPassword } from '../auth/schema.ts';

export const Session = z
  .strictObject({
    id: z.string(),
    createdAt: z.iso.datetime(),
    refreshedAt: z.iso.datetime().meta({ description: 'When its tokens were exchanged last.' }),
    expiresAt: z.iso.datetime(),
    ip: z.string().nullable().meta({ description: 'Where it began; null for the command line.' }),
    userAgent: z
      .string()
      .nullable()
      .meta({ description: 'What the client called itself, at most 200 characters.' }),
    isCurrent: z.boolean().meta({ description: 'Whether the request was made in it.' }),
  })
  .meta({ id: 'Session' });

export const SessionList = z.strictObject({ items: z.array(Session).readonly() }).meta({ id: 'SessionList' });

export const SessionsEnded = z
  .strictObject({ ended: z.int().min(0).meta({ description: 'How many were alive.' }) })
  .meta({ id: 'SessionsEnded' });

export const EndSession = {
  params: z.strictObject({
    sessionId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'Must be the id of a session.'),
  }),
};

export const ChangePassword = {
  body: z.strictObject({ currentPassword: shownPassword, newPassword }).meta({ id: 'ChangePassword' }),
};
