import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The certificates of `make.sh`, by the names of their files. */

export type CertificateName = 'first' | 'second' | 'elsewhere' | 'name-only';
export type AuthorityName = 'authority' | 'other-authority';

/** The path of a file beside this one. */
export function tlsFile(name: `${CertificateName | AuthorityName}.pem` | `${CertificateName}.key`): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Its text. */
export function tlsText(name: Parameters<typeof tlsFile>[0]): string {
  return readFileSync(tlsFile(name), 'utf8');
}

/** The authority that signed them all. */
export const AUTHORITY = tlsText('authority.pem');
