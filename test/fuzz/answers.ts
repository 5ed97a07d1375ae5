import type { ApiDescription } from './document.ts';
import type { MadeUpRequest } from './requests.ts';
import type { Answer } from './target.ts';

/** What an answer breaks of what was promised; undefined: nothing. */
export function brokenPromise(
  api: ApiDescription,
  request: MadeUpRequest,
  { status, contentType, body }: Answer,
): string | undefined {
  const [path] = request.target.split('?') as [string];
  const route = api.routeOf(request.method, path);
  if (request.hasForeignField && status < 400) return 'took a field that the document does not have';
  if (status >= 400 && tellsOfTheInside(body)) return 'tells of the inside';
  if (route === undefined || (body?.code === 'not_found' && !isDecodable(path))) {
    // Another method is told which there are, and nothing is at an address that is none.
    if (request.method === 'OPTIONS' && status === 204) return undefined;
    const expected: Readonly<Record<string, number>> = {
      not_found: 404,
      method_not_allowed: 405,
      malformed_request: 400,
    };
    return expected[body?.code] === status ? undefined : 'is at no address of the document';
  }
  const documented = route.replies.get(status);
  if (documented === undefined) return `status ${status} is not in the document for ${route.key}`;
  if (documented.contentType !== contentType)
    return `${contentType} in the place of ${documented.contentType} for ${route.key}`;
  const wrong = documented.check(body);
  if (wrong !== undefined) return `the body is not what the document has for ${route.key}: ${wrong}`;
  if (status >= 400 && documented.codes.size > 0 && !documented.codes.has(body.code))
    return `code ${body.code} is not in the document for ${route.key} with ${status}`;
  return undefined;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Stacks and statements; what the request itself said is not the answer's fault, so only `detail` of what we wrote. */
function tellsOfTheInside(body: unknown): boolean {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return /node_modules|\.ts:\d+:\d+|violates .* constraint|syntax error at/.test(text);
}

const SHOWN = 2_000;

/** The request as something to send again; a body that is very long is cut: the seed makes it again. */
export function asCommand({ method, target, headers, body, caller, what }: MadeUpRequest): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const shown =
    body !== undefined && body.length > SHOWN ? `${body.slice(0, SHOWN)}…(of ${body.length})` : body;
  const sent = shown === undefined ? [] : [`--data-binary ${quote(shown)}`];
  return `# by ${caller}, ${what}\ncurl -X ${method} ${[...parts, ...sent].join(' ')} ${quote(`$URL${target}`)}`;
}
