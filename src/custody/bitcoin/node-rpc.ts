import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ChainUnavailable } from '../chain.ts';

/** A call that the node understood and refused. Codes are those of Bitcoin Core's `rpc/protocol.h`. */
export class NodeRefusal extends Error {
  override readonly name = 'NodeRefusal';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface NodeAccess {
  readonly rpcUrl: string;
  readonly user?: string;
  readonly password?: string;
  /** The file `.cookie` in the node's directory, instead of user and password; read at each call, for it changes when the node starts. */
  readonly cookieFile?: string;
}

/** The node is starting, isn't connected, or still loads the chain: later it will answer. */
const NOT_YET = new Set([-28, -9, -10]);

export const CALL_TIMEOUT_MS = 60_000;

/**
 * JSON-RPC as Bitcoin Core speaks it. Not over `fetch`, which gives up after five minutes without an answer: a look through all
 * unspent outputs may take longer.
 */
export class NodeRpc {
  readonly #access: NodeAccess;
  readonly #url: URL;
  readonly #stopped = new AbortController();

  constructor(access: NodeAccess) {
    this.#access = access;
    this.#url = new URL(access.rpcUrl);
  }

  /**
   * @throws {NodeRefusal} when the node answers with an error
   * @throws {ChainUnavailable} when it doesn't answer, or is not ready
   */
  async call<Answer>(method: string, params: readonly unknown[] = [], timeoutMs = CALL_TIMEOUT_MS) {
    const body = JSON.stringify({ jsonrpc: '1.0', id: method, method, params });
    const { status, text } = await this.#post(body, await this.#authorization(), timeoutMs).catch((error) => {
      throw new ChainUnavailable(`bitcoin node, ${method}: ${error.message || error.code}`, { cause: error });
    });
    const answer = parsed(text);
    if (answer === undefined) throw new ChainUnavailable(`bitcoin node, ${method}: HTTP ${status}`);
    if (answer.error) {
      const { code, message } = answer.error;
      if (NOT_YET.has(code)) throw new ChainUnavailable(`bitcoin node, ${method}: ${message}`);
      throw new NodeRefusal(code, message);
    }
    return answer.result as Answer;
  }

  close() {
    this.#stopped.abort();
  }

  async #authorization(): Promise<string> {
    const { user, password, cookieFile } = this.#access;
    if (cookieFile === undefined) return `${user ?? ''}:${password ?? ''}`;
    return readFile(cookieFile, 'utf8').catch((cause) => {
      throw new ChainUnavailable('bitcoin node: its cookie file can not be read', { cause });
    });
  }

  #post(body: string, auth: string, timeoutMs: number): Promise<{ status: number; text: string }> {
    const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(this.#url, {
        method: 'POST',
        auth: auth.trim(),
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        // A connection of its own for each call: one that is kept may be closed by the node just when it is used again.
        agent: false,
        signal: AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(timeoutMs)]),
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      request.end(body);
    });
  }
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string } | null;
}

/** Undefined for what is no answer of JSON-RPC: the page of a proxy, a refused password. */
function parsed(text: string): Answer | undefined {
  try {
    const answer = JSON.parse(text) as Answer | null;
    return isAnswer(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function isAnswer(answer: Answer | null): answer is Answer {
  if (answer === null || typeof answer !== 'object') return false;
  const { error } = answer;
  return error ? Number.isInteger(error.code) : 'result' in answer;
}
