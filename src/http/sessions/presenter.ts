import type { LiveSession } from '../../db/sessions.ts';
import { isoTime } from '../../domain/views.ts';

export function presentSession(session: LiveSession) {
  const { id, createdAtMs, refreshedAtMs, expiresAtMs, ip, userAgent } = session;
  return {
    id,
    createdAt: isoTime(createdAtMs),
    refreshedAt: isoTime(refreshedAtMs),
    expiresAt: isoTime(expiresAtMs),
    ip,
    userAgent,
  };
}
