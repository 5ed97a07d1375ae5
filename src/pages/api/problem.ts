/** What the exchange refused, with its stable code. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly status: number;
  /** By the last part of the field's pointer. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    code: string,
    detail: string,
    fields: Problem['fields'] = {},
    retryAfterSeconds?: number,
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The exchange could not be reached, or what it answered could not be read. */
export const UNREACHABLE = 'unreachable';

/** The problem of a reply that isn't ok. */
export async function problemOf(reply: Response): Promise<Problem> {
  const retryAfter = Number(reply.headers.get('retry-after') ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : undefined;
  try {
    const body = await reply.json();
    const errors = (body.errors ?? []) as readonly { readonly pointer: string; readonly detail: string }[];
    const fields = Object.fromEntries(
      errors.map(({ pointer, detail }) => [pointer.split('/').at(-1)!, detail]),
    );
    const detail = errors.length === 0 ? body.detail : `${errors[0]!.detail}`;
    return new Problem(reply.status, String(body.code), String(detail), fields, seconds);
  } catch {
    return new Problem(reply.status, UNREACHABLE, 'The exchange did not answer as it should.', {}, seconds);
  }
}

/** What went wrong, for people. */
export function describeFailure(error: unknown): string {
  if (error instanceof Problem) {
    const wait = error.retryAfterSeconds === undefined ? '' : ` Try again in ${error.retryAfterSeconds} s.`;
    return `${error.message}${wait}`;
  }
  return 'Something went wrong on this page. Reload it and try again.';
}
