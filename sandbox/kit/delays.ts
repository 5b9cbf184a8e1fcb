/** How long the parts of Azure take to hear of one another: data of a scenario or of a fault plan. */

/** Names are the scenario's, ids are allowed; what is left out means every one. Of several that fit, the longest counts. */
export type DelaySpec = { readonly seconds: number } & (
  | {
      /**
       * Microsoft.Authorization does not know a principal until then, counted from its creation (of those that a scenario
       * has: from the sandbox's start): PrincipalNotFound. A principalType in the request helps, unless this says otherwise.
       */
      readonly of: 'principal';
      readonly principal?: string;
      readonly principalTypeHelps?: boolean;
    }
  /** Role assignments that are made or removed take effect only then. */
  | { readonly of: 'roleAssignment'; readonly role?: string; readonly principal?: string }
  /** On a vault's data plane, changed access policies and role assignments take effect only then. */
  | { readonly of: 'vault'; readonly vault?: string }
  /** Lists of role assignments, or a vault and its policies as Resource Manager shows them, are as old as that. */
  | { readonly of: 'read'; readonly resource?: 'roleAssignments' | 'vaults' }
  /** Entra does not know the federated credentials of an application until then, counted from the sandbox's start. */
  | { readonly of: 'federatedCredential'; readonly application?: string }
);

const name = { type: 'string', minLength: 1 };

function kind(of: string, optional: Readonly<Record<string, object>>): object {
  return {
    properties: { of: { const: of }, seconds: { type: 'number', minimum: 0 }, ...optional },
    required: ['of', 'seconds'],
    additionalProperties: false,
  };
}

/** JSON Schema of a list of {@link DelaySpec}. */
export const delaysSchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['of'],
    discriminator: { propertyName: 'of' },
    oneOf: [
      kind('principal', { principal: name, principalTypeHelps: { type: 'boolean' } }),
      kind('roleAssignment', { role: name, principal: name }),
      kind('vault', { vault: name }),
      kind('read', { resource: { enum: ['roleAssignments', 'vaults'] } }),
      kind('federatedCredential', { application: name }),
    ],
  },
};
