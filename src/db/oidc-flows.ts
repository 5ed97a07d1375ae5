import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const flowRow = z.strictObject({
  stateHash: z.instanceof(Buffer),
  provider: z.string(),
  sealedSecrets: z.instanceof(Buffer),
});
/** A visit at a provider that began. */
export type OidcFlow = z.output<typeof flowRow>;

/** In whose session an identity is to be linked; null: somebody signs in. */
export type FlowOwner = { readonly userId: number; readonly sessionId: string } | null;

export interface NewOidcFlow extends OidcFlow {
  readonly handleHash: Buffer;
  readonly owner: FlowOwner;
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

/** Keeps a flow, and forgets those that are past their end. */
export async function insertOidcFlow(db: CommonQueryMethods, flow: NewOidcFlow): Promise<void> {
  const { handleHash, stateHash, provider, sealedSecrets, owner, nowMs, expiresAtMs } = flow;
  await db.query(sql.unsafe`delete from oidc_flows where expires_at_ms <= ${nowMs}`);
  await db.query(sql.unsafe`
    insert into oidc_flows (handle_hash, state_hash, provider, sealed_secrets, user_id, session_id, expires_at_ms)
    values (${sql.binary(handleHash)}, ${sql.binary(stateHash)}, ${provider}, ${sql.binary(sealedSecrets)},
            ${owner?.userId ?? null}, ${owner?.sessionId ?? null}, ${expiresAtMs})`);
}

/**
 * Uses a flow up: of several who try at once one gets it.
 * @param owner what it must have begun for: a sign-in can't end as a link, nor a link in another session
 * @returns undefined when there is none, it was used, or it is past its end
 */
export async function takeOidcFlow(
  db: CommonQueryMethods,
  handleHash: Buffer,
  owner: FlowOwner,
  nowMs: number,
): Promise<OidcFlow | undefined> {
  const flow = await db.maybeOne(sql.type(flowRow)`
    delete from oidc_flows
    where handle_hash = ${sql.binary(handleHash)} and expires_at_ms > ${nowMs}
      and user_id is not distinct from ${owner?.userId ?? null}::bigint
      and session_id is not distinct from ${owner?.sessionId ?? null}::text
    returning state_hash as "stateHash", provider, sealed_secrets as "sealedSecrets"`);
  return flow ?? undefined;
}
