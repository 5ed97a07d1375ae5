import { ConnectionError, type Problem, ProblemError } from './problem.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RestOptions {
  readonly body?: unknown;
  /** Access token of an account or an operator. */
  readonly token?: string;
}

export interface RestClient {
  /** For example `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  /**
   * One request; the answer is the parsed JSON body, undefined for 204.
   * @throws {ProblemError} when the exchange refuses
   * @throws {ConnectionError} when there was no answer
   */
  request<Body>(method: HttpMethod, path: string, options?: RestOptions): Promise<Body>;
}

const TIMEOUT_MS = 30_000;

/** A client for the REST API, on Node's own fetch: connections are kept and reused. */
export function createRestClient(baseUrl: string): RestClient {
  return {
    baseUrl,
    async request<Body>(method: HttpMethod, path: string, { body, token }: RestOptions = {}): Promise<Body> {
      const headers: Record<string, string> = { accept: 'application/json' };
      if (token !== undefined) headers.authorization = `Bearer ${token}`;
      if (body !== undefined) headers['content-type'] = 'application/json';
      const init: RequestInit = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
      if (body !== undefined) init.body = JSON.stringify(body);
      let response: Response;
      let text: string;
      try {
        response = await fetch(new URL(path, baseUrl), init);
        text = await response.text();
      } catch (error) {
        throw new ConnectionError(`No answer from ${baseUrl}: is the exchange running?`, { cause: error });
      }
      if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Body;
      throw new ProblemError(problemIn(text, response.status), response.status, `${method} ${path}`);
    },
  };
}

/** Whoever answers in between (a proxy) may not speak problem details. */
function problemIn(text: string, status: number): Problem {
  try {
    const { code, detail, errors } = JSON.parse(text) as Problem & { errors?: readonly FieldError[] };
    if (typeof code === 'string')
      return { code, detail: [detail, ...(errors ?? []).map(describe)].join(' ') };
  } catch {
    // Not JSON: the status has to do.
  }
  return { code: `http_${status}`, detail: text.slice(0, 200) };
}

interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

function describe({ pointer, detail }: FieldError): string {
  return `${pointer}: ${detail}`;
}
