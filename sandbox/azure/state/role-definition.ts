/** A role definition as Azure's authorization knows it. */
export interface RoleDefinition {
  readonly name: string;
  /** GUID, lower case. */
  readonly id: string;
  readonly description: string;
  readonly custom: boolean;
  /** `/` for built-in roles. */
  readonly assignableScopes: readonly string[];
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  /** Role GUIDs that its holder may assign and unassign; absent: every role. Stands for the condition on the role. */
  readonly grantableRoles?: readonly string[];
}

type Permissions = Partial<Pick<RoleDefinition, 'actions' | 'notActions' | 'dataActions' | 'grantableRoles'>>;

/** A role that is the same in every tenant. */
export function builtIn(name: string, id: string, description: string, permissions: Permissions): RoleDefinition {
  return {
    name,
    id,
    description,
    custom: false,
    assignableScopes: ['/'],
    actions: permissions.actions ?? [],
    notActions: permissions.notActions ?? [],
    dataActions: permissions.dataActions ?? [],
    ...(permissions.grantableRoles === undefined ? {} : { grantableRoles: permissions.grantableRoles }),
  };
}
