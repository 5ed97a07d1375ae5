import { timingSafeEqual } from 'node:crypto';
import * as client from 'openid-client';
import type { CommonQueryMethods } from 'slonik';
import { z } from 'zod';
import { type FlowOwner, insertOidcFlow, takeOidcFlow } from '../../db/oidc-flows.ts';
import { hashOfToken, newToken } from '../auth/begin-session.ts';
import type { Sealing } from '../auth/sealing.ts';
import type { FlowSecrets, OidcProvider, Person, ProviderFailure } from './providers.ts';

/** How long somebody may take at the provider. */
export const FLOW_SECONDS = 10 * 60;

export interface BegunFlow {
  readonly authorizationUrl: string;
  /** Known only to the page that began, which shows it at the end. */
  readonly handle: string;
}

/** A flow that ended: with whom, or why not. `provider` is undefined where the handle is of no flow. */
export interface EndedFlow {
  readonly provider: OidcProvider | undefined;
  readonly result: Person | ProviderFailure;
}

export interface OidcFlows {
  /** @param owner in whose session it is to be ended; null: a sign-in */
  begin(provider: OidcProvider, owner: FlowOwner): Promise<BegunFlow | 'provider_unavailable'>;
  /** Each can be ended once, by who has the handle and, where there is one, in the session of the owner. */
  end(handle: string, callback: string, owner: FlowOwner): Promise<EndedFlow>;
}

const sealedSecrets = z.strictObject({ nonce: z.string(), verifier: z.string() });
const contextOf = (handleHash: Buffer) => `oidc flow ${handleHash.toString('hex')}`;

/**
 * Visits at providers. What comes back from a provider goes through the hands of the person, or of whoever sends him an address: it is
 * taken only together with the handle, from the page that began, so that nobody is signed in as somebody else by a link, and
 * only with the state that this visit went out with (RFC 9700, sections 2.1 and 4.7).
 */
export function createOidcFlows(options: {
  readonly pool: CommonQueryMethods;
  readonly sealing: Sealing;
  readonly providers: ReadonlyMap<string, OidcProvider>;
  readonly now: () => number;
}): OidcFlows {
  const { pool, sealing, providers, now } = options;
  return {
    async begin(provider, owner) {
      const handle = newToken();
      const secrets: FlowSecrets = {
        state: newToken(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const authorizationUrl = await provider.authorizationUrl(secrets);
      if (authorizationUrl === 'provider_unavailable') return authorizationUrl;
      const handleHash = hashOfToken(handle);
      const { nonce, verifier } = secrets;
      const nowMs = now();
      await insertOidcFlow(pool, {
        handleHash,
        stateHash: hashOfToken(secrets.state),
        provider: provider.id,
        sealedSecrets: sealing.seal(Buffer.from(JSON.stringify({ nonce, verifier })), contextOf(handleHash)),
        owner,
        nowMs,
        expiresAtMs: nowMs + FLOW_SECONDS * 1000,
      });
      return { authorizationUrl, handle };
    },

    async end(handle, callback, owner) {
      const handleHash = hashOfToken(handle);
      const flow = await takeOidcFlow(pool, handleHash, owner, now());
      const provider = flow === undefined ? undefined : providers.get(flow.provider);
      if (flow === undefined || provider === undefined) return { provider, result: 'invalid_callback' };
      const query = callback.replace(/^\?/, '');
      const state = new URLSearchParams(query).get('state') ?? '';
      if (!timingSafeEqual(hashOfToken(state), flow.stateHash))
        return { provider, result: 'invalid_callback' };
      const sealed = sealing.unseal(flow.sealedSecrets, contextOf(handleHash)).toString();
      const { nonce, verifier } = sealedSecrets.parse(JSON.parse(sealed));
      return { provider, result: await provider.redeem(query, { state, nonce, verifier }) };
    },
  };
}
