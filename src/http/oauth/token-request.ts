import { SCOPES, type Scope } from '../../domain/api-keys.ts';
import type { OAuthErrorCode } from './schema.ts';

/** Why a token is not given. */
export interface OAuthRefusal {
  readonly error: OAuthErrorCode;
  readonly description: string;
}

/** A request for a token, before anybody has looked at its secret. */
export interface TokenRequestRead {
  readonly clientId: string;
  readonly secret: string;
  /** undefined: all that the client has. */
  readonly scopes: readonly Scope[] | undefined;
}

const refuse = (error: OAuthErrorCode, description: string): OAuthRefusal => ({ error, description });

/**
 * Reads what RFC 6749 has in sections 2.3.1, 3.2 and 4.4.2. A parameter without a value counts as left out, one that nobody knows
 * is not looked at, and one that comes twice is refused.
 * @param authorization the header
 */
export function readTokenRequest(
  form: URLSearchParams,
  authorization: string | undefined,
): TokenRequestRead | OAuthRefusal {
  const names = [...form.keys()];
  if (new Set(names).size !== names.length)
    return refuse('invalid_request', 'A parameter must not come twice.');
  const value = (name: string) => form.get(name) || undefined;
  const grant = value('grant_type');
  if (grant === undefined) return refuse('invalid_request', 'The parameter grant_type is missing.');
  if (grant !== 'client_credentials')
    return refuse('unsupported_grant_type', 'The only grant here is client_credentials.');
  const scopes = readScopes(value('scope'));
  if (scopes === 'unknown') return refuse('invalid_scope', `The scopes are ${SCOPES.join(' and ')}.`);
  const [postedId, postedSecret] = [value('client_id'), value('client_secret')];
  if (authorization !== undefined) {
    const shown = readBasic(authorization);
    if (shown === undefined)
      return refuse('invalid_client', 'Authorization must be Basic, with id and secret.');
    if (postedSecret !== undefined || (postedId !== undefined && postedId !== shown.clientId))
      return refuse('invalid_request', 'The client must show who it is in one way only.');
    return { ...shown, scopes };
  }
  if (postedId === undefined || postedSecret === undefined)
    return refuse('invalid_client', 'The client must show its id and secret.');
  return { clientId: postedId, secret: postedSecret, scopes };
}

function readScopes(text: string | undefined): readonly Scope[] | undefined | 'unknown' {
  if (text === undefined) return undefined;
  const asked = new Set(text.split(' '));
  const scopes = SCOPES.filter((scope) => asked.has(scope));
  return scopes.length === asked.size ? scopes : 'unknown';
}

/** Id and secret are encoded as in a form before they are put together (RFC 6749, section 2.3.1). */
function readBasic(header: string): { readonly clientId: string; readonly secret: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]{1,2000}={0,2}) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  try {
    const [clientId, secret] = [text.slice(0, colon), text.slice(colon + 1)].map((part) =>
      decodeURIComponent(part.replaceAll('+', ' ')),
    ) as [string, string];
    return clientId === '' || secret === '' ? undefined : { clientId, secret };
  } catch {
    return undefined;
  }
}
