import { makePage, type Page } from './page.ts';

/**
 * What the pages behind links share. The token is taken out of the address, so that it is not left in the browser's history or
 * shown to who looks at the screen.
 */
const SCRIPT = `
'use strict';
const form = document.querySelector('form');
const said = document.querySelector('output');
const token = new URLSearchParams(location.hash.slice(1)).get('token') || '';
history.replaceState(null, '', location.pathname);
function say(text, isBad) {
  said.textContent = text;
  said.className = isBad ? 'bad' : '';
}
if (token === '') {
  form.hidden = true;
  say('This link is not whole: open it from the mail again.', true);
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = Object.assign({ token }, Object.fromEntries(new FormData(form)));
  if ('again' in body && body.again !== body.password) return say('The two passwords are not the same.', true);
  delete body.again;
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    const reply = await fetch(form.dataset.to, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (reply.ok) {
      form.hidden = true;
      say(form.dataset.done, false);
    } else {
      const problem = await reply.json();
      say(problem.errors ? problem.errors[0].detail : problem.detail, true);
    }
  } catch {
    say('The exchange could not be reached: try again.', true);
  }
  button.disabled = false;
});`;

const SAID = '<output role="status" aria-live="polite"></output>';

function passwordField(id: string, label: string, autocomplete: 'current-password' | 'new-password'): string {
  return `<label for="${id}">${label}</label><input id="${id}" name="${id}" type="password" autocomplete="${autocomplete}" minlength="12" maxlength="256" required>`;
}

export function confirmEmailPage(): Page {
  return makePage(
    'Confirm your e-mail address',
    `<form data-to="/v1/auth/confirm-email" data-done="Your address is confirmed. You can sign in now.">
<p>One more step, and you can sign in. If it was not you who registered, close this page.</p>
${passwordField('password', 'The password that you chose', 'current-password')}
<button>Confirm</button></form>${SAID}`,
    SCRIPT,
  );
}

export function resetPasswordPage(): Page {
  return makePage(
    'Set a new password',
    `<form data-to="/v1/auth/password-resets/complete" data-done="Your new password is set. Every session was ended: sign in with it now.">
<p>At least 12 characters. A few words that don’t belong together are good.</p>
${passwordField('password', 'New password', 'new-password')}
${passwordField('again', 'Once more', 'new-password')}
<button>Set the password</button></form>${SAID}`,
    SCRIPT,
  );
}
