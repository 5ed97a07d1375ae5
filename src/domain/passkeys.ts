/** Passkeys of a user at the same time, at most. */
export const MAX_PASSKEYS = 20;

/** Ways to an authenticator that browsers know (WebAuthn Level 3); others mean nothing to them. */
export const PASSKEY_TRANSPORTS = Object.freeze([
  'ble',
  'cable',
  'hybrid',
  'internal',
  'nfc',
  'smart-card',
  'usb',
] as const);
export type PasskeyTransport = (typeof PASSKEY_TRANSPORTS)[number];
