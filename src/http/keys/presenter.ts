import type { ApiKey } from '../../db/api-keys.ts';
import { isoTime } from '../../domain/views.ts';

/** Without what it is checked with. */
export function presentKey({
  id,
  name,
  algorithm,
  scopes,
  networks,
  createdAtMs,
  expiresAtMs,
  lastUsedAtMs,
  pointsPerMinute,
}: ApiKey) {
  return {
    id,
    name,
    algorithm,
    scopes,
    networks,
    createdAt: isoTime(createdAtMs),
    expiresAt: expiresAtMs === null ? null : isoTime(expiresAtMs),
    lastUsedAt: lastUsedAtMs === null ? null : isoTime(lastUsedAtMs),
    pointsPerMinute,
  };
}
