import assert from 'node:assert/strict';
import { YamlFileError } from '../../../sandbox/kit/checked-yaml.ts';
import { loadScenario, parseScenario } from '../../../sandbox/scenario/load.ts';

const small = `
tenants:
  - name: contoso
    applications:
      - name: app
subscriptions:
  - name: production
    tenant: contoso
    resourceGroups:
      - name: group
        identities: [{name: one}]
        vaults: [{name: vault1, secrets: [{name: password}]}]
    roleAssignments:
      - {role: Reader, principal: one, scope: '{subscription}/resourceGroups/group'}
serviceConnections:
  - {kind: AzureRM, name: conn, application: app, subscription: production}
`;

function problemsOf(yaml: string): YamlFileError['problems'] {
  try {
    parseScenario(yaml);
  } catch (error) {
    if (error instanceof YamlFileError) return error.problems;
    throw error;
  }
  assert.fail('the scenario was accepted');
}

describe('a scenario file', () => {
  it("is the article's world by the article's names, with its traps", () => {
    const { subscriptions, serviceConnections } = loadScenario('article');
    const groups = new Map(subscriptions[0]!.resourceGroups.map((group) => [group.name, group]));
    const cluster = groups.get('_rg-aks-p-we-001')!.clusters[0]!;
    assert.equal(cluster.name, 'aks-p-we-001');
    assert.equal(groups.get(cluster.nodeResourceGroup)!.identities.length, 2);
    assert.match(cluster.kubeletIdentity!, /\/aks-p-we-001-AgentPool$/);
    const vaults = groups.get('_rg-infra-p-we-001')!.vaults;
    assert.deepEqual(
      vaults.map(({ name, rbac }) => [name, rbac]),
      [
        ['kvpwe001', false],
        ['kvpwe002', true],
      ],
    );
    assert.ok(vaults[0]!.secrets.some(({ name }) => name === 'password'));
    assert.deepEqual(
      serviceConnections.map(({ name }) => name),
      ['azure-conn', 'azure-conn-certificate', 'azure-conn-federated', 'cluster-conn', 'cluster-conn-kubeconfig'],
    );
  });

  it('is found by name, from the working directory and from the sandbox folder', () => {
    const [byName, fromHere, fromSandbox] = ['article', 'sandbox/scenarios/article.yml', 'scenarios/article.yml'].map(
      loadScenario,
    );
    assert.equal(byName!.tenants[0]!.id, fromHere!.tenants[0]!.id);
    assert.equal(byName!.tenants[0]!.id, fromSandbox!.tenants[0]!.id);
    assert.throws(() => loadScenario('no-such-scenario'), /no such file.*no-such-scenario\.yml/s);
  });

  it('gets the same ids in every run and other secrets', () => {
    const [one, two] = [parseScenario(small), parseScenario(small)];
    const application = (scenario: typeof one): (typeof one.tenants)[0]['applications'][0] =>
      scenario.tenants[0]!.applications[0]!;
    assert.equal(application(one).clientId, application(two).clientId);
    assert.notEqual(application(one).clientId, application(one).objectId);
    assert.notEqual(application(one).secret, application(two).secret);
    const secret = (scenario: typeof one): string =>
      scenario.subscriptions[0]!.resourceGroups[0]!.vaults[0]!.secrets[0]!.value;
    assert.notEqual(secret(one), secret(two));
    assert.deepEqual({ ...one.subscriptions[0], resourceGroups: [] }, { ...two.subscriptions[0], resourceGroups: [] });
  });

  it('gets defaults, and {subscription} becomes the id', () => {
    const { subscriptions, serviceConnections } = parseScenario(small);
    const { id, resourceGroups, roleAssignments } = subscriptions[0]!;
    assert.equal(roleAssignments[0]!.scope, `/subscriptions/${id}/resourceGroups/group`);
    assert.equal(resourceGroups[0]!.location, 'westeurope');
    assert.equal(resourceGroups[0]!.vaults[0]!.publicNetworkAccess, 'Enabled');
    assert.deepEqual(
      { ...serviceConnections[0]!, id: '' },
      {
        kind: 'AzureRM',
        name: 'conn',
        id: '',
        authenticationType: 'spnKey',
        scheme: 'ServicePrincipal',
        application: 'app',
        subscription: 'production',
      },
    );
  });

  it('with several mistakes of shape reports all of them with their lines', () => {
    const problems = problemsOf(`
tenants:
  - name: contoso
    id: not-a-guid
    applicatons: []
subscriptions:
  - name: production
    tenant: contoso
    resourceGroups:
      - name: group
        vaults: [{name: v, publicNetworkAccess: Maybe}]
serviceConnections:
  - {kind: Carrier pigeon, name: bird}
`);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [4, 5, 11, 11, 13],
    );
    const text = problems.map(({ message }) => message).join('\n');
    assert.match(
      text,
      /tenants\[0\]\.applicatons: "applicatons" is not known here \(allowed: name, id, applications\)/,
    );
    assert.match(text, /publicNetworkAccess: must be one of Enabled, Disabled/);
    assert.match(text, /serviceConnections\[0\]: .*kind/);
  });

  it('with several names that lead nowhere reports all of them with their lines', () => {
    const problems = problemsOf(`
tenants: [{name: contoso}, {name: Contoso}]
subscriptions:
  - name: production
    tenant: fabrikam
    resourceGroups:
      - name: group
        clusters:
          - {name: aks, nodeResourceGroup: nodes, kubeletIdentity: group/none, nodes: [{name: n, scaleSet: s}]}
          - {name: bare, nodeResourceGroup: group}
        vaults:
          - {name: vault1, accessPolicies: [{principal: nobody}]}
    roleAssignments:
      - {role: Reader, principal: nobody, scope: '{subscription}'}
serviceConnections:
  - {kind: Kubernetes, name: k, cluster: other, authorizationType: ServiceAccount}
`);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [2, 5, 9, 9, 9, 10, 12, 14, 16, 16],
    );
    const text = problems.map(({ message }) => message).join('\n');
    assert.match(text, /there is no tenant "fabrikam" \(known: contoso, Contoso\)/);
    assert.match(text, /a cluster with a managed identity has a kubelet identity/);
    assert.match(text, /authorizationType ServiceAccount needs serviceAccount/);
  });

  it('that is no YAML is refused with the line', () => {
    assert.deepEqual(
      problemsOf('tenants:\n  - name: a\n name: b\n')
        .map(({ line }) => line)
        .slice(0, 1),
      [3],
    );
  });
});
