/**
 * What a program may do with a key or with a token that it got for one: see, place and change orders, withdraw to addresses of
 * the book. Each by itself.
 */
export const SCOPES = Object.freeze(['read', 'trade', 'withdraw'] as const);
export type Scope = (typeof SCOPES)[number];

/**
 * `hmac-sha256` and `ed25519` sign requests. `client-secret` signs nothing: it is an OAuth client, whose secret is shown for a
 * token (RFC 6749, section 4.4).
 */
export const KEY_ALGORITHMS = Object.freeze(['hmac-sha256', 'ed25519', 'client-secret'] as const);
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

/** Keys of a user that are good at the same time, at most. */
export const MAX_KEYS = 50;
