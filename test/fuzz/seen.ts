const REMEMBERED = 400;

/** Keeps texts of an answer to be used again: ids, tokens and cursors. The newest are last. */
export function remember(seen: string[], value: unknown): void {
  if (typeof value === 'string' && /^[\w.:/-]{1,64}$/.test(value) && !seen.includes(value)) {
    seen.push(value);
    if (seen.length > REMEMBERED) seen.shift();
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value).slice(0, 30)) remember(seen, inner);
  }
}
