import { z } from 'zod';
import { isoTime } from '../../domain/views.ts';
import type { Sample } from './figures.ts';

const count = z.int().min(0);
const ms = z.number().nullable();

export const HealthSample = z
  .strictObject({
    at: z.iso.datetime(),
    messagesPerSecond: count.meta({ description: 'Messages of actors that were committed.' }),
    commitsPerSecond: count,
    commitMsP50: ms,
    commitMsP99: ms,
    backlog: count.meta({ description: 'Effects that wait for their commit.' }),
    lagMs: z.number().meta({ description: 'By how much the event loop was late at most.' }),
    sockets: count,
  })
  .meta({ id: 'HealthSample' });
export const HealthFigures = z
  .strictObject({
    ready: z.boolean(),
    samples: z
      .array(HealthSample)
      .readonly()
      .meta({ description: 'A quarter of an hour at most, oldest first.' }),
  })
  .meta({ id: 'HealthFigures' });

export function presentSample({ atMs, ...figures }: Sample) {
  return { at: isoTime(atMs), ...figures };
}
