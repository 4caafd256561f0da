/** The configuration that lets Lockstep work on a lab: the text of its clusters.yaml. */
import type { LabMember } from './machines.ts';

export interface LabAccess {
  readonly members: readonly LabMember[];
  readonly key: string;
  readonly knownHosts: string;
}

export function renderClustersYaml(access: LabAccess): string {
  const members = access.members.map(
    (member) => `      - {name: ${member.name}, host: ${member.host}, port: ${member.port}}`,
  );
  return `clusters:
  lab:
    description: real LXD on this machine
    members:
${members.join('\n')}
    ssh:
      user: ops
      key: ${JSON.stringify(access.key)}
      knownHosts: ${JSON.stringify(access.knownHosts)}
      sudo: true
      timeout: 10s
    roles:
      viewers: ["*"]
      operators: [console:alice]
      approvers: [console:bob]
    approvals: {required: 1, allowRequester: false, expires: 15m, console: true, breakGlass: [console:carol]}
`;
}
