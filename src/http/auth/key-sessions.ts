/** Names the session of a key: what ends it ends its tokens and sockets. */
export function sessionOfKey(keyId: string): string {
  return `key:${keyId}`;
}

/** The key whose session it is; undefined for the session of a person. */
export function keyOfSession(sessionId: string): string | undefined {
  return sessionId.startsWith('key:') ? sessionId.slice('key:'.length) : undefined;
}
