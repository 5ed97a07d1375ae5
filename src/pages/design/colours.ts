/** The colours of style.css for what is drawn on a canvas. */
export interface Colours {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly card: string;
  readonly buy: string;
  readonly sell: string;
}

const NAMES = ['ink', 'soft', 'line', 'card', 'buy', 'sell'] as const;

/** As the reader's setting makes them now. @param within an element of the page */
export function coloursNow(within: HTMLElement): Colours {
  const probe = document.createElement('span');
  within.append(probe);
  const colours = Object.fromEntries(
    NAMES.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  );
  probe.remove();
  return colours as unknown as Colours;
}

/** Tells when the reader changes between light and dark. @returns how to stop it */
export function onSchemeChange(listener: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
