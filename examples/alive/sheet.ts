import type { DemoPeople, DemoPerson } from './people-file.ts';

/** What whoever has just started the exchange wants to know of the people in it. */
export function describePeople({ people }: DemoPeople, url: string): string {
  const line = ({ email, role, password, totpSecret }: DemoPerson) =>
    `  ${email.padEnd(18)} ${role.padEnd(10)} ${password}  authenticator ${totpSecret ?? 'to be set up'}`;
  return `
People of the demo, made up for this data directory (DEMO=off: without them and the simulated traders)

${url}/
${people.filter(isCustomer).map(line).join('\n')}
${url}/console
${people
  .filter((one) => !isCustomer(one))
  .map(line)
  .join('\n')}

  Each of the customers has asked for a withdrawal: they wait for approval, two take two people, the largest three.
  npm run -s demo:code -- tess@example.com       the six digits that an authenticator shows now

`;
}

function isCustomer({ role }: DemoPerson): boolean {
  return role === 'customer';
}
