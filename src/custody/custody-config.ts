/** On which networks the exchange is, as it was configured. */
export interface CustodyConfig {
  /** What the addresses and keys of the simulated network come from; undefined: it is not used. */
  readonly simulatedSecret: string | undefined;
}
