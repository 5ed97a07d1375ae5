import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** An OpenID provider, as whoever runs the exchange has agreed with it. */
export interface OidcProviderConfig {
  /** Names it in addresses and in the audit log. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Character for character as the provider writes it. */
  readonly issuer: string;
  readonly clientId: string;
  /** undefined: the provider knows us as a public client. */
  readonly clientSecret?: string | undefined;
  readonly scopes: readonly string[];
}

/** What is wrong with the file, in a sentence that holds nothing of its secrets. */
export class OidcProviderConfigError extends Error {
  override readonly name = 'OidcProviderConfigError';
}

const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether it is on this machine, where nobody is in between and TLS may be left out. */
export function isLocalAddress(url: string): boolean {
  return LOCAL_HOSTS.has(new URL(url).hostname);
}

/** Whether nobody can get in between. */
export function isReachedSafely(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLocalAddress(url));
}

/** OpenID Connect Discovery, section 3: https, without query and fragment. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '' && !/[?#\s]/.test(text) && isReachedSafely(text);
}

const Provider = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be lower case letters, digits and hyphens'),
  name: z.string().trim().min(1).max(64),
  issuer: z.string().max(255).refine(isIssuer, 'must be an https:// address (http:// only on this machine)'),
  clientId: z.string().min(1).max(255),
  clientSecret: z.string().min(1).max(1024).optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
    .refine((scopes) => scopes.includes('openid'), 'must have "openid" among them')
    .default(['openid', 'email']),
});
const ProviderList = z
  .array(Provider)
  .min(1)
  .max(20)
  .refine((list) => areUnique(list.map(({ id }) => id)), 'two have the same id')
  // A subject is known by its issuer: through two clients it could be two different people.
  .refine((list) => areUnique(list.map(({ issuer }) => issuer)), 'two have the same issuer');

function areUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** @throws OidcProviderConfigError */
export function readOidcProviders(file: string): readonly OidcProviderConfig[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The parser's own words quote the text around the mistake, which may be a secret.
    const why = error instanceof SyntaxError ? 'it is not valid JSON' : (error as Error).message;
    throw new OidcProviderConfigError(`${file} can’t be read: ${why}`);
  }
  const parsed = ProviderList.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new OidcProviderConfigError(
    `${file} is not a list of providers: /${first!.path.join('/')}: ${first!.message}`,
  );
}
