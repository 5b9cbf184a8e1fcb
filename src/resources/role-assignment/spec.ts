import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Marker } from './marker.ts';
import { readMarker } from './marker.ts';

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
  /** What to look at where Microsoft Entra does not know the principal. */
  readonly principalHint?: string;
  /** Subscription whose role definitions are meant. */
  readonly subscriptionId: string;
  /** Which task and cluster wants it; see {@link Marker}. */
  readonly madeBy: string;
  /** Version 2.0 of Azure's condition language. */
  readonly condition?: string;
  /** Written behind the marker. */
  readonly note?: string;
  /** Why it is of no effect where it is; such a one is shown, never made, and taken away as any other. */
  readonly idle?: string;
  /** Why it cannot be granted, known before anything is read. */
  readonly obstacle?: Obstacle;
}

export interface Obstacle {
  readonly diagnostic: Diagnostic;
  /** Also where the assignment is there already, because it is of no use there. */
  readonly evenIfThere: boolean;
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
}

export function markerOf({ description }: FoundAssignment): Marker | undefined {
  return readMarker(description);
}
