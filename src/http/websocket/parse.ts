import { Envelope, RequestId } from './requests.ts';

export interface Request {
  readonly id: string | number;
  readonly method: string;
  readonly params?: unknown;
}

/** What a frame that isn't a request lacks, and its id if that could be read. */
export interface Malformed {
  readonly detail: string;
  readonly id: string | number | null;
}

/** Reads a frame as a request, or says why it isn't one. */
export function parseRequest(data: Buffer): Request | Malformed {
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch {
    return { detail: 'The frame is not JSON.', id: null };
  }
  const parsed = Envelope.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue!.path.length === 0 ? '' : ` (${issue!.path.join('.')})`;
  const id = RequestId.safeParse((value as { readonly id?: unknown } | null)?.id);
  return {
    detail: `The frame is not a request {id, method, params}${where}: ${issue!.message}`,
    id: id.success ? id.data : null,
  };
}
