import type { DemoPeople, DemoPerson } from './people-file.ts';

/** What whoever has just started the exchange wants to know of the people in it. */
export function describePeople({ people }: DemoPeople, url: string, host: string): string {
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
${isLoopback(host) ? '' : openToOthers(host)}
`;
}

function openToOthers(host: string): string {
  return `
  WARNING: whoever reaches this machine over the network reaches the exchange too (HOST is ${host}).
           HOST=127.0.0.1 npm start keeps it to this machine.
`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

function isCustomer({ role }: DemoPerson): boolean {
  return role === 'customer';
}
