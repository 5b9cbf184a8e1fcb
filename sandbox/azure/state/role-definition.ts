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
  readonly notDataActions: readonly string[];
  /** Of some built-in roles: what limits every assignment of the role. */
  readonly condition?: string;
}

type Permissions = Partial<
  Pick<RoleDefinition, 'actions' | 'notActions' | 'dataActions' | 'notDataActions' | 'condition'>
>;

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
    notDataActions: permissions.notDataActions ?? [],
    ...(permissions.condition === undefined ? {} : { condition: permissions.condition }),
  };
}
