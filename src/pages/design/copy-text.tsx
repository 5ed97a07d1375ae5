import { say } from './toasts.tsx';

/** A text that is to be used elsewhere: shown whole, and copied by a button. */
export function CopyText({ label, text }: { readonly label: string; readonly text: string }) {
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      say(`${label}: copied.`);
    } catch {
      say('The browser does not let this page copy: mark the text and copy it yourself.', true);
    }
  }
  return (
    <div className="field">
      <span className="label">{label}</span>
      <div className="row copy-text">
        <span className="mono">{text}</span>
        <button type="button" className="button small" aria-label={`Copy ${label}`} onClick={copy}>
          Copy
        </button>
      </div>
    </div>
  );
}
