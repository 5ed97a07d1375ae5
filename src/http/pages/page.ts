import { createHash } from 'node:crypto';
import { escapeHtml } from '../openapi/html.ts';

/** A page that needs nothing from elsewhere: its own style, its own script, requests to its own origin. */
export interface Page {
  readonly html: string;
  /** Allows exactly that. */
  readonly contentSecurityPolicy: string;
}

/** Light and dark by the reader's own setting; one column that a phone can show. */
const STYLE = `
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1d1d1b;--soft:#6b6b66;--line:#d6d5d0;--accent:#0b6e4f;--on:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--bg:#131412;--card:#1c1d1b;--ink:#e9e8e4;--soft:#9a9993;--line:#44453f;--accent:#5fd0a5;--on:#10231b;--bad:#f2867e}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:10vh auto 0;padding:0 1.25rem}
h1{font-size:1.4rem;margin:0 0 .75rem}p{margin:.5rem 0 1rem}
label{display:block;margin:1rem 0 .3rem}
input{width:100%;padding:.65rem .75rem;font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px}
button{margin-top:1.25rem;width:100%;padding:.7rem;font:inherit;font-weight:600;color:var(--on);background:var(--accent);border:0;border-radius:8px;cursor:pointer}
button:disabled{opacity:.6}
input:focus-visible,button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
output{display:block;margin-top:1rem}output.bad{color:var(--bad)}[hidden]{display:none}`;

/**
 * The frame of all pages.
 * @param body HTML that is ours: whatever comes from elsewhere is put in by the script, as text
 * @param script ours too; without one the page may make no request
 */
export function makePage(title: string, body: string, script?: string): Page {
  const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const scripts = script === undefined ? '' : ` script-src ${digest(script)}; connect-src 'self';`;
  return {
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><title>${escapeHtml(title)} – Bourse</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
${body}
<noscript><p>This page needs JavaScript.</p></noscript></main>${script === undefined ? '' : `<script>${script}</script>`}</body></html>`,
    contentSecurityPolicy: `default-src 'none'; style-src ${digest(STYLE)};${scripts} base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}
