import { say } from './toasts.tsx';

const HEAD = 10;
const TAIL = 6;

/** A long text of which people compare the ends: an address, a transaction. A click copies all of it. */
export function Shortened({ text, what }: { readonly text: string; readonly what: string }) {
  const isShort = text.length <= HEAD + TAIL + 1;
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      say(`The ${what} is copied.`);
    } catch {
      say(text);
    }
  }
  return (
    <button type="button" className="shortened mono" title={text} onClick={copy}>
      <span className="visually-hidden">Copy the {what} </span>
      {isShort ? text : `${text.slice(0, HEAD)}…${text.slice(-TAIL)}`}
    </button>
  );
}
