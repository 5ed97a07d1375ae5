import type { ReactNode } from 'react';

/** A card whose content may be wider than it: it scrolls by itself, with the keyboard too. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll it (axe: scrollable-region-focusable).
    <section className="card scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
