import { CliError, EXIT } from './errors.ts';

/** The REST API of the running exchange, which is the only one that may change its state. */
export interface ExchangeApi {
  /** @throws {CliError} with the exchange's own code when it refuses */
  request<Body>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Body>;
}

const TIMEOUT_MS = 30_000;

/** @param accessToken asked for before each request; undefined for what is public */
export function createExchangeApi(baseUrl: string, accessToken?: () => Promise<string>): ExchangeApi {
  return {
    async request<Body>(method: string, path: string, body?: unknown): Promise<Body> {
      const headers: Record<string, string> = { accept: 'application/json' };
      if (accessToken !== undefined) headers.authorization = `Bearer ${await accessToken()}`;
      if (body !== undefined) headers['content-type'] = 'application/json';
      const { ok, status, text } = await send(baseUrl, path, {
        method,
        headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (ok) return (text === '' ? undefined : JSON.parse(text)) as Body;
      throw refusalIn(text, status);
    },
  };
}

async function send(baseUrl: string, path: string, init: RequestInit) {
  try {
    const response = await fetch(new URL(path, baseUrl), init);
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    const detail = `The exchange does not answer at ${baseUrl}. Start it with npm start, or give its --url.`;
    throw new CliError('exchange_unreachable', detail, EXIT.unreachable, error);
  }
}

interface ProblemBody {
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

function refusalIn(text: string, status: number): CliError {
  let problem: ProblemBody = {};
  try {
    problem = JSON.parse(text) as ProblemBody;
  } catch {
    // Somebody in between answered in another language: the status has to do.
  }
  if (typeof problem.code !== 'string') {
    return new CliError(`http_${status}`, `The exchange answered with status ${status}.`);
  }
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  return new CliError(problem.code, [String(problem.detail), ...fields].join(' '));
}
