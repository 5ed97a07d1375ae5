import { Problem, problemOf, UNREACHABLE } from './problem.ts';
import { session } from './session.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Asks the exchange, as whoever is signed in. A token that is too old is renewed once.
 * @throws {Problem}
 */
// biome-ignore lint/suspicious/noExplicitAny: what a route answers is in the document.
export async function call<Answer = any>(method: Method, path: string, body?: unknown): Promise<Answer> {
  let reply = await send(method, path, body);
  if (reply.status === 401 && session.isSignedIn && (await isExpired(reply)) && (await session.renew()))
    reply = await send(method, path, body);
  if (!reply.ok) {
    const problem = await problemOf(reply);
    if (problem.code === 'second_factor_required') session.wantFactor();
    throw problem;
  }
  return (reply.status === 204 ? undefined : await reply.json()) as Answer;
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
export const get = <Answer = any>(path: string) => call<Answer>('GET', path);
// biome-ignore lint/suspicious/noExplicitAny: as above.
export const post = <Answer = any>(path: string, body?: unknown) => call<Answer>('POST', path, body ?? {});

/** A wrong password is answered with 401 as well, and no new token helps. */
async function isExpired(reply: Response): Promise<boolean> {
  const { code } = await problemOf(reply.clone());
  return code === 'unauthenticated';
}

async function send(method: Method, path: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = {};
  if (session.accessToken !== undefined) headers['authorization'] = `Bearer ${session.accessToken}`;
  if (body !== undefined && method !== 'GET') headers['content-type'] = 'application/json';
  try {
    return await fetch(path, {
      method,
      headers,
      ...(body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem(0, UNREACHABLE, 'The exchange can’t be reached.');
  }
}
