/** Beyond it a stack would come to its end, or a database’s. */
const MAX_DEPTH = 64;

/**
 * Where a value holds text that PostgreSQL can't keep, undefined if nowhere: NUL is in none of its texts, and half a surrogate
 * pair is no character. Names too, where a schema lets any be given; and what is nested deeper than anything that is meant.
 */
export function unstorableIn(value: unknown, depth = 0): readonly string[] | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === MAX_DEPTH) return [];
  for (const [name, inner] of Object.entries(value)) {
    if (!isStorable(name)) return [name];
    const found = unstorableIn(inner, depth + 1);
    if (found !== undefined) return [name, ...found];
  }
  return undefined;
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
