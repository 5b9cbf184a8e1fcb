import type { Diagnostic } from '../../diagnostics/diagnostic.ts';

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
  /** Version 2.0 of Azure's condition language. */
  readonly condition?: string;
  /** Written behind the marker. */
  readonly note?: string;
  /** Why it cannot be granted, known before anything is read. */
  readonly blocked?: Diagnostic;
}

/** A role assignment as it was found. */
export interface FoundAssignment {
  readonly id: string;
  readonly scope: string;
  readonly roleId: string;
  readonly principalId: string;
  readonly description: string;
  /** Empty where it has none. */
  readonly condition: string;
  /** `Unknown` once the principal was deleted. */
  readonly principalType: string;
}

/** The assignments that concern a spec: those that grant its role to its principal at its scope or above. */
export interface RoleAssignmentState {
  /** At the very scope. */
  readonly here: readonly FoundAssignment[];
  readonly above: readonly FoundAssignment[];
  /** Of the same role at the very scope, made for the same purpose, whose principal is gone. Looked for in a preview. */
  readonly orphaned: readonly FoundAssignment[];
}

const MARKER = 'Made by Keyless Pods';

const SEPARATOR = ' - ';

/** What the task writes into the description of an assignment, and by which `remove` knows its own. */
export function marker(madeBy: string, note?: string): string {
  return `${MARKER}: ${madeBy}${note === undefined ? '' : `${SEPARATOR}${note}`}`;
}

/** The text of the user in a description that {@link marker} made; undefined where there is none. */
export function noteOf({ description }: FoundAssignment): string | undefined {
  const at = description.indexOf(SEPARATOR);
  return at < 0 ? undefined : description.slice(at + SEPARATOR.length);
}

/** Whether the assignment was made for the same task and cluster. */
export function madeFor({ description }: FoundAssignment, madeBy: string): boolean {
  return description === marker(madeBy) || description.startsWith(`${marker(madeBy)}${SEPARATOR}`);
}

export function carriesMarker({ description }: FoundAssignment): boolean {
  return description.startsWith(MARKER);
}
