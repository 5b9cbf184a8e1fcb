/** A role that a principal should have at a scope. */
export interface RoleAssignmentSpec {
  readonly scope: string;
  /** How a reader names the scope: `node resource group MC_x`. */
  readonly scopeLabel: string;
  /** GUID of the role definition. */
  readonly roleId: string;
  readonly roleName: string;
  /** Object id. */
  readonly principalId: string;
  readonly principalLabel: string;
  /** Subscription whose role definitions are meant. */
  readonly subscriptionId: string;
  /** Which task and cluster wants it; see {@link marker}. */
  readonly madeBy: string;
}

/** A role assignment as it was found. */
export interface FoundAssignment {
  readonly id: string;
  readonly scope: string;
  readonly roleId: string;
  readonly principalId: string;
  readonly description: string;
}

/** The assignments that concern a spec: those that grant its role to its principal at its scope or above. */
export interface RoleAssignmentState {
  /** At the very scope. */
  readonly here: readonly FoundAssignment[];
  readonly above: readonly FoundAssignment[];
}

const MARKER = 'Made by Keyless Pods';

/** What the task writes into the description of an assignment, and by which `remove` knows its own. */
export function marker(madeBy: string): string {
  return `${MARKER}: ${madeBy}`;
}

export function carriesMarker({ description }: FoundAssignment): boolean {
  return description.startsWith(MARKER);
}
