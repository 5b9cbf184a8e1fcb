/** What commands in a cluster brought, until somebody asks for it. */

export interface CommandResult {
  readonly clusterId: string;
  readonly operation: string;
  readonly exitCode: number;
  readonly logs: string;
}

export interface CommandResults {
  add(result: CommandResult): void;
  /** By the operation's id; `id` without its dashes does, too. */
  find(clusterId: string, id: string): CommandResult | undefined;
}

export function createCommandResults(): CommandResults {
  const results: CommandResult[] = [];
  return {
    add: (result) => void results.push(result),
    find: (clusterId, id) =>
      results.find((each) => each.clusterId === clusterId && plain(each.operation) === plain(id)),
  };
}

function plain(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
