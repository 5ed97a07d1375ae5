import { post } from '../../api/request.ts';
import { useLoaded } from '../../design/hooks.ts';
import { sayFailure } from '../../design/toasts.tsx';
import { keepHandle } from './callback-handle.ts';

interface ProviderList {
  readonly items: readonly { readonly id: string; readonly name: string }[];
}

/** OpenID providers through whom one can sign in; nothing where there are none. */
export function Providers() {
  const { value } = useLoaded<ProviderList>('/v1/auth/oidc');
  const begin = async (id: string) => {
    try {
      const { authorizationUrl, handle } = await post(`/v1/auth/oidc/${id}/begin`);
      keepHandle(handle, 'sign-in');
      location.assign(authorizationUrl);
    } catch (error) {
      sayFailure(error);
    }
  };
  return value?.items.map(({ id, name }) => (
    <button key={id} type="button" className="button wide" onClick={() => begin(id)}>
      Sign in with {name}
    </button>
  ));
}
