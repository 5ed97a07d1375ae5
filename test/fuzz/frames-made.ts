import fc from 'fast-check';
import { FOREIGN_FIELDS, malformedTexts, placesIn, put, withField } from './edits.ts';
import type { FrameDescription } from './frames.ts';
import { allowed, odd } from './values.ts';

/** A frame as sent, and what was done to it. */
export interface MadeUpFrame {
  readonly text: string;
  readonly what: string;
  /** Something is added that the document has not: taking it would be a fault. */
  readonly hasForeignField: boolean;
}

/** Frames made up from the AsyncAPI document. @param seen texts that answers had, to be used again */
export function madeUpFrames(
  { requests, schemas }: FrameDescription,
  seen: readonly string[],
  part: 'good' | 'bad',
): fc.Arbitrary<MadeUpFrame> {
  const good = fc.oneof(...Object.values(requests).map((schema) => allowed(schema, '', { schemas, seen })));
  return part === 'good' ? good.map((frame) => made(frame, 'as documented')) : good.chain(spoiled);
}

function made(frame: unknown, what: string): MadeUpFrame {
  return { text: JSON.stringify(frame) ?? '', what, hasForeignField: false };
}

function spoiled(frame: unknown): fc.Arbitrary<MadeUpFrame> {
  const places = placesIn(frame);
  const text = JSON.stringify(frame) ?? '';
  const place = fc.constantFrom(...places);
  const isObject = text.startsWith('{');
  const foreign = fc.constantFrom(...FOREIGN_FIELDS).map(([name, value]) => ({
    text: isObject ? withField(text, name, value) : text,
    what: `with a field ${name}`,
    // `id` is the frame's own.
    hasForeignField: isObject && name !== 'id',
  }));
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(place, odd)
        .map(([at, value]) => made(put(frame, at, value), `${at.join('.')} odd`)),
    },
    { weight: 3, arbitrary: place.map((at) => made(put(frame, at, undefined), `without ${at.join('.')}`)) },
    { weight: 2, arbitrary: foreign },
    // Ten of them within a minute end a socket.
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...malformedTexts(text))
        .map((raw) => ({ text: raw, what: 'malformed', hasForeignField: false })),
    },
  );
}
