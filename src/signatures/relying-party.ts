/** The exchange as authenticators know it: passkeys are bound to its host name, what they sign to its origin. */
export interface RelyingParty {
  /** Host name. */
  readonly id: string;
  /** As browsers write it. */
  readonly origin: string;
  /** For people. */
  readonly name: string;
}

/** @param publicUrl an origin; browsers want https, or the host localhost, and no address in the place of a name */
export function relyingPartyOf(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { id: hostname, origin, name: 'Bourse' };
}
