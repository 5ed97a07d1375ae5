import { Envelope } from './requests.ts';

export interface Request {
  readonly id: string | number;
  readonly method: string;
  readonly params?: unknown;
}

/** Reads a frame as a request; a text says why it isn't one. */
export function parseRequest(data: Buffer): Request | string {
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch {
    return 'The frame is not JSON.';
  }
  const parsed = Envelope.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue!.path.length === 0 ? '' : ` (${issue!.path.join('.')})`;
  return `The frame is not a request {id, method, params}${where}: ${issue!.message}`;
}
