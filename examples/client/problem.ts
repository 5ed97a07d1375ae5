/** What the exchange refused: match on `code`, show `detail` to people. Codes: docs/api.md. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** Thrown where a refusal can't be worked with: setting up, signing in. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: string;
  readonly status: number;

  constructor(problem: Problem, status: number, request: string) {
    super(`${request}: ${problem.detail} (${problem.code})`);
    this.code = problem.code;
    this.status = status;
  }
}

/** The exchange can't be reached, or hung up. Whether what was under way happened is not known. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}
