/** Names of OpenSSH's own tools, for tests that compare with them where they are installed. */
export const OPENSSH_TOOLS = { keygen: 'ssh-keygen', agent: 'ssh-agent', add: 'ssh-add' } as const;
