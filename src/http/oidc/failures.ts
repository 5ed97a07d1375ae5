/** What signing in through an OpenID provider, and linking an identity, can end with. */
export type OidcFailure =
  | 'provider_unavailable'
  | 'provider_refused'
  | 'invalid_callback'
  | 'identity_email_unverified'
  | 'identity_not_linked'
  | 'identity_taken'
  | 'last_sign_in_method'
  | 'account_frozen';
