/** Microsoft.Authorization/denyAssignments: can only be read. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { denialsOf } from '../authorization/decide.ts';
import type { DenyAssignment } from '../state/deny-assignments.ts';
import { sameScope, sameText } from '../state/resource-id.ts';
import { versions } from './api-versions.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';

const provider = '{scope}/providers/Microsoft.Authorization';
const action = 'Microsoft.Authorization/denyAssignments/read';

export const denyAssignmentRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: `${provider}/denyAssignments`,
    versions: versions.denyAssignments,
    action,
    scope: ({ scope = '' }) => `${scope}/providers/Microsoft.Authorization`,
    handle: list,
  },
  {
    method: 'GET',
    pattern: `${provider}/denyAssignments/{name}`,
    versions: versions.denyAssignments,
    action,
    handle: get,
  },
];

/** At, above and below the scope; `atScope()` leaves out what is below. */
function list(call: Call): SandboxResponse {
  const { hierarchy } = call.world;
  const scope = param(call, 'scope');
  const matches = filterOf(call.query.get('$filter'));
  const found = denialsOf(call.world)
    .filter(
      (denial) => hierarchy.covers(denial.scope, scope) || (matches.below && hierarchy.covers(scope, denial.scope)),
    )
    .filter((denial) => matches.wanted(denial));
  return ok({ value: found.map(denialBody) });
}

function get(call: Call): SandboxResponse {
  const name = param(call, 'name');
  const found = denialsOf(call.world).find(
    ({ id, scope }) => sameText(id, name) && sameScope(scope, param(call, 'scope')),
  );
  if (!found) throw new ArmRefusal(404, 'DenyAssignmentNotFound', `The deny assignment '${name}' is not found.`);
  return ok(denialBody(found));
}

interface Filter {
  readonly below: boolean;
  readonly wanted: (denial: DenyAssignment) => boolean;
}

/** Source: the filters of the specification, and "List Azure deny assignments". */
function filterOf(filter: string | null): Filter {
  const text = filter?.trim() ?? '';
  if (text === '') return { below: true, wanted: () => true };
  if (/^atScope\(\)$/i.test(text)) return { below: false, wanted: () => true };
  const [, field = '', value = ''] =
    /^(denyAssignmentName|principalId|gdprExportPrincipalId) eq '([^']*)'$/i.exec(text) ?? [];
  const has = (ids: readonly string[]): boolean => ids.some((id) => sameText(id, value));
  const predicates: Readonly<Record<string, Filter['wanted']>> = {
    denyassignmentname: ({ name }) => sameText(name, value),
    principalid: ({ principals }) => has(principals),
    gdprexportprincipalid: ({ principals, excludePrincipals }) => has(principals) || has(excludePrincipals),
  };
  const wanted = predicates[field.toLowerCase()];
  if (!wanted) throw new ArmRefusal(400, 'BadRequest', `The filter '${text}' is not supported.`);
  return { below: true, wanted };
}

/** What stands for everybody. */
const everybody = { id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' };

function denialBody(denial: DenyAssignment): object {
  const { id, name, description, scope, doNotApplyToChildScopes } = denial;
  const { actions, notActions, dataActions, notDataActions } = denial;
  const servicePrincipals = (ids: readonly string[]): readonly object[] =>
    ids.map((objectId) => ({ id: objectId, type: 'ServicePrincipal' }));
  return {
    properties: {
      denyAssignmentName: name,
      description,
      permissions: [{ actions, notActions, dataActions, notDataActions }],
      scope,
      doNotApplyToChildScopes,
      principals: denial.principals.length === 0 ? [everybody] : servicePrincipals(denial.principals),
      excludePrincipals: servicePrincipals(denial.excludePrincipals),
      isSystemProtected: true,
    },
    id: `${scope}/providers/Microsoft.Authorization/denyAssignments/${id}`,
    type: 'Microsoft.Authorization/denyAssignments',
    name: id,
  };
}
