import { createHmac, type KeyObject, sign as signWith } from 'node:crypto';
import { textToSign } from '../../../src/http/auth/signatures.ts';
import type { Reply, TestGateway } from '../gateway.ts';

/** A program with a key. */
export interface Program {
  readonly keyId: string;
  sign(text: string): string;
}

export function withSecret(keyId: string, secret: string): Program {
  const bytes = Buffer.from(secret, 'base64');
  return { keyId, sign: (text) => createHmac('sha256', bytes).update(text).digest('base64') };
}

export function withPrivateKey(keyId: string, privateKey: KeyObject): Program {
  return { keyId, sign: (text) => signWith(null, Buffer.from(text), privateKey).toString('base64') };
}

export interface Signed {
  readonly method: string;
  readonly target: string;
  readonly body?: unknown;
  readonly atMs: number;
  readonly windowMs?: number;
}

/** The headers of a signed request; its body is sent as it is here. */
export function signed(program: Program, { method, target, body, atMs, windowMs = 5_000 }: Signed) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const [timestamp, window] = [String(atMs), String(windowMs)];
  const signature = program.sign(textToSign({ timestamp, window, method, target, body: Buffer.from(text) }));
  return {
    'x-bourse-key': program.keyId,
    'x-bourse-timestamp': timestamp,
    'x-bourse-window': window,
    'x-bourse-signature': signature,
  };
}

/** Sends a signed request; each has a timestamp of its own. */
export function sender(gateway: TestGateway, program: Program) {
  return (method: string, target: string, body?: unknown): Promise<Reply> => {
    gateway.clock.nowMs += 1;
    const headers = signed(program, { method, target, body, atMs: gateway.clock.nowMs });
    return gateway.request(method, target, { headers, ...(body === undefined ? {} : { body }) });
  };
}
