import assert from 'node:assert/strict';
import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.ts';
import { actingPrincipal } from '../../../../src/operations/aks-role-grants/acting-principal.ts';
import { grantSpec } from '../../../../src/operations/aks-role-grants/goals.ts';
import { presetSpecs } from '../../../../src/operations/shared/preset-roles.ts';
import { parseGrantLine } from '../../../../src/operations/aks-role-grants/grant-line.ts';
import type { RoleAssignmentSpec } from '../../../../src/resources/role-assignment/spec.ts';
import { aCluster, anIdentity } from '../../../support/azure.ts';

const kubelet = anIdentity('aks-1-agentpool');
const app = anIdentity('app', 'rg-apps');
const cluster = aCluster();
const groups = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups';

function rows(specs: readonly RoleAssignmentSpec[]): string[] {
  return specs.map(({ roleName, principalId, scope }) => `${roleName} | ${principalId} | ${scope}`);
}

describe('presets of AksRoleGrants', () => {
  it('podIdentity grants MIC the two roles that it needs and no more', () => {
    assert.deepEqual(rows(presetSpecs('podIdentity', { cluster, kubelet, identity: app })), [
      `Virtual Machine Contributor | object-of-aks-1-agentpool | ${groups}/MC_rg_aks_we`,
      `Managed Identity Operator | object-of-aks-1-agentpool | ${app.resourceId}`,
    ]);
  });

  it("podIdentityClassic is the article's five, all for the kubelet identity", () => {
    assert.deepEqual(rows(presetSpecs('podIdentityClassic', { cluster, kubelet, identity: app })), [
      `Virtual Machine Contributor | object-of-aks-1-agentpool | ${groups}/MC_rg_aks_we`,
      `Managed Identity Operator | object-of-aks-1-agentpool | ${groups}/MC_rg_aks_we`,
      `Managed Identity Operator | object-of-aks-1-agentpool | ${kubelet.resourceId}`,
      `Virtual Machine Contributor | object-of-aks-1-agentpool | ${groups}/rg`,
      `Managed Identity Operator | object-of-aks-1-agentpool | ${groups}/rg`,
    ]);
  });

  it('none grants nothing', () => {
    assert.deepEqual(presetSpecs('none', { cluster, kubelet, identity: kubelet }), []);
  });
});

describe('the principal that MIC acts as', () => {
  const withPrincipal = { ...aCluster(), kubeletIdentity: undefined, servicePrincipal: 'client' };
  const objectId = '22222222-3333-4444-8555-666666666666';
  const named = { by: 'name', name: 'app' } as const;

  it('is the service principal that the input names, without a grant on itself', () => {
    const principal = actingPrincipal(withPrincipal, { principalObjectId: objectId, identity: named });
    const specs = presetSpecs('podIdentityClassic', { cluster: withPrincipal, kubelet: principal, identity: app });
    assert.equal(specs.length, 4);
    assert.deepEqual([...new Set(specs.map(({ principalId }) => principalId))], [objectId]);
  });

  const code = (expected: string): ((error: unknown) => boolean) => {
    return (error) => error instanceof DiagnosticError && error.diagnostic.code === expected;
  };

  it('is refused where the input is missing, or where pods would have no identity', () => {
    assert.throws(
      () => actingPrincipal(withPrincipal, { principalObjectId: undefined, identity: named }),
      (error) =>
        code('AKS002')(error) && (error as DiagnosticError).diagnostic.fix.includes('az ad sp show --id client'),
    );
    const pods = { principalObjectId: objectId, identity: { by: 'kubelet' } as const };
    assert.throws(() => actingPrincipal(withPrincipal, pods), code('AKS002'));
  });

  it('is refused for a cluster without a service principal', () => {
    assert.throws(() => actingPrincipal(cluster, { principalObjectId: objectId, identity: named }), code('AKS005'));
  });
});

describe('an identity in another subscription', () => {
  it('is granted by the role definition of its own subscription', () => {
    const elsewhere = { ...app, resourceId: app.resourceId.replace('11111111-', '99999999-') };
    const [node, own] = presetSpecs('podIdentity', { cluster, kubelet, identity: elsewhere });
    assert.equal(node!.subscriptionId, cluster.subscriptionId);
    assert.match(own!.subscriptionId, /^99999999-/);
  });
});

describe('a line of grants', () => {
  const role = { id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', name: 'Reader' };
  const scopeOf = (text: string): string => {
    const line = parseGrantLine(text);
    assert.notEqual(typeof line, 'string', text);
    return grantSpec(line as { role: string; scope: string }, role, { cluster, kubelet, identity: app }).scope;
  };

  it('goes to the identity that pods use', () => {
    const spec = grantSpec({ role: 'Reader', scope: '{cluster}' }, role, { cluster, kubelet, identity: app });
    assert.equal(spec.principalId, app.objectId);
  });

  it('fills in every placeholder', () => {
    assert.equal(scopeOf('Reader @ {nodeResourceGroup}'), `${groups}/MC_rg_aks_we`);
    assert.equal(scopeOf('Reader @ {clusterResourceGroup}'), `${groups}/rg`);
    assert.equal(scopeOf('Reader @ {identity}'), app.resourceId);
    assert.equal(scopeOf('Reader @ {cluster}'), cluster.resourceId);
    assert.equal(scopeOf('Reader @ {subscription}'), '/subscriptions/11111111-2222-3333-4444-555555555555');
    assert.equal(scopeOf('Reader @ {subscription}/resourceGroups/other/'), `${groups}/other`);
  });

  it('keeps an @ in the name of a role', () => {
    assert.deepEqual(parseGrantLine('Ops @ home @ /subscriptions/x'), {
      role: 'Ops @ home',
      scope: '/subscriptions/x',
    });
  });

  it('says what is allowed where it is none', () => {
    assert.match(parseGrantLine('Reader') as string, /Role name or id @ scope/);
    assert.match(parseGrantLine('Reader @ {vault}') as string, /\{nodeResourceGroup\}.* or \{subscription\}/);
    assert.match(parseGrantLine('Reader @ rg-1') as string, /starts with \//);
  });
});
