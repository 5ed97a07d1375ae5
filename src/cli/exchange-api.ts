import { certificateFailure } from '../db/errors.ts';
import { CliError, EXIT } from './errors.ts';
import type { ApiReply, ApiRequest, Send } from './own-exchange.ts';

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

/** Verifies an exchange that is reached by its name, as any client does. */
const sendByFetch: Send = async (url, request) => {
  const response = await fetch(url, { ...request, headers: { ...request.headers } });
  return { status: response.status, text: await response.text() };
};

export interface ExchangeApiOptions {
  readonly baseUrl: string;
  /** Default `fetch`. */
  readonly send?: Send | undefined;
  /** Asked for before each request; undefined for what is public. */
  readonly accessToken?: () => Promise<string>;
}

export function createExchangeApi({
  baseUrl,
  send = sendByFetch,
  accessToken,
}: ExchangeApiOptions): ExchangeApi {
  return {
    async request<Body>(method: string, path: string, body?: unknown): Promise<Body> {
      const headers: Record<string, string> = { accept: 'application/json' };
      if (accessToken !== undefined) headers.authorization = `Bearer ${await accessToken()}`;
      if (body !== undefined) headers['content-type'] = 'application/json';
      const { status, text } = await reach(send, baseUrl, path, {
        method,
        headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (status >= 200 && status < 300) return (text === '' ? undefined : JSON.parse(text)) as Body;
      throw refusalIn(text, status);
    },
  };
}

async function reach(send: Send, baseUrl: string, path: string, request: ApiRequest): Promise<ApiReply> {
  try {
    return await send(new URL(path, baseUrl), request);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const untrusted = certificateFailure(error);
    if (untrusted !== undefined) {
      const detail = `What answers at ${baseUrl} does not prove who it is: ${untrusted}.`;
      throw new CliError('exchange_untrusted', detail, EXIT.unreachable, error);
    }
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
