import type { ExecutionContext } from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import type { OidcProviderConfig } from '../../../src/http/oidc/provider-config.ts';
import { exchangeThatIs, type Reply, startGateway, type TestGateway } from '../gateway.ts';

export interface Begun {
  readonly authorizationUrl: string;
  readonly handle: string;
}

export interface Pages extends TestGateway {
  post(path: string, body?: unknown, token?: string): Promise<Reply>;
  begin(provider: string): Promise<Begun>;
  complete(handle: string, callback: string): Promise<Reply>;
  /** The entries of the audit log, oldest first. */
  audit(action: string): Promise<readonly Audited[]>;
  /** Everything that the tables of this part hold, as text. */
  everythingKept(): Promise<string>;
}

interface Audited {
  readonly userId: number | null;
  readonly outcome: string;
  readonly actor: { readonly type: string };
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A gateway that knows these providers, and what the pages do with it. */
export async function startPages(
  t: ExecutionContext,
  oidcProviders: readonly OidcProviderConfig[],
): Promise<Pages> {
  const gateway = await startGateway(t, exchangeThatIs(true), { oidcProviders });
  const { pool, request } = gateway;
  const post: Pages['post'] = (path, body, token) =>
    request('POST', path, { body, ...(token === undefined ? {} : { token }) });
  return {
    ...gateway,
    post,
    async begin(provider) {
      const begun = await post(`/v1/auth/oidc/${provider}/begin`);
      t.is(begun.status, 201, JSON.stringify(begun.body));
      return begun.body;
    },
    complete: (handle, callback) => post('/v1/auth/oidc/complete', { handle, callback }),
    async audit(action) {
      const rows = await pool.anyFirst(
        sql.type(z.strictObject({ payload: z.string() }))`
          select payload from audit_log where action = ${action} order by entry_no`,
      );
      return rows.map((payload) => JSON.parse(payload) as Audited);
    },
    async everythingKept() {
      const rows = await pool.any(sql.unsafe`
        select to_jsonb(f)::text || encode(handle_hash, 'escape') || encode(sealed_secrets, 'escape') as kept
        from oidc_flows f
        union all select to_jsonb(i)::text from identities i
        union all select to_jsonb(s)::text from sessions s
        union all select payload from audit_log`);
      return JSON.stringify(rows);
    },
  };
}
