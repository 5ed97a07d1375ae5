/** As much of a logger as custody needs; pino's fits. An error is something for an operator. */
export interface CustodyLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
