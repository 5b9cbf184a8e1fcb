/**
 * What Azure's documentation says of access, as data. `source` names the page below learn.microsoft.com (its file in
 * MicrosoftDocs); "from memory" marks what no page at hand says word by word.
 */
export type Outcome = 'allowed' | 'refused' | 'denied' | 'locked';

export interface CustomRole {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

export interface Holding {
  /** A built-in role by name, or a custom role. */
  readonly role: string | CustomRole;
  readonly at: string;
  readonly condition?: string;
}

export interface Denial extends CustomRole {
  readonly at: string;
  readonly principals?: readonly string[];
  readonly excludePrincipals?: readonly string[];
  readonly doNotApplyToChildScopes?: boolean;
}

/** A role assignment that is to be written, or is there and is to be removed. Ids; the role by its GUID. */
export interface AssignmentAsked {
  readonly role: string;
  readonly principal?: string;
  readonly type?: string;
}

export interface RbacCase {
  readonly title: string;
  readonly source: string;
  readonly holds?: readonly Holding[];
  readonly denials?: readonly Denial[];
  readonly locks?: readonly { readonly at: string; readonly level: 'CanNotDelete' | 'ReadOnly' }[];
  readonly asks: {
    readonly action?: string;
    readonly dataAction?: string;
    readonly at: string;
    readonly assignment?: AssignmentAsked;
    readonly secret?: string;
  };
  readonly outcome: Outcome;
}
