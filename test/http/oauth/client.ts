import type { ExecutionContext } from 'ava';
import { PASSWORD, type Reply, type RequestOptions, type TestGateway } from '../gateway.ts';

/** An OAuth client: an API key that shows a secret. */
export interface Client {
  readonly id: string;
  readonly secret: string;
}

export async function addClient(
  t: ExecutionContext,
  gateway: TestGateway,
  token: string,
  more: object = {},
): Promise<Client> {
  const body = {
    name: 'program',
    algorithm: 'client-secret',
    scopes: ['read', 'trade'],
    password: PASSWORD,
    ...more,
  };
  const reply = await gateway.request('POST', '/v1/me/api-keys', { token, body });
  t.is(reply.status, 201, JSON.stringify(reply.body));
  return { id: reply.body.id, secret: reply.body.secret };
}

export const FORM = 'application/x-www-form-urlencoded';

export function basic({ id, secret }: Client): string {
  const text = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** Sends a form to the token endpoint. */
export function post(
  gateway: Pick<TestGateway, 'request'>,
  form: string,
  headers: RequestOptions['headers'] = {},
): Promise<Reply> {
  return gateway.request('POST', '/oauth/token', {
    body: form,
    headers: { 'content-type': FORM, ...headers },
  });
}

/** Asks for a token with the secret in the header. */
export function askToken(gateway: TestGateway, client: Client, scope?: string): Promise<Reply> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
  });
  return post(gateway, String(form), { authorization: basic(client) });
}
