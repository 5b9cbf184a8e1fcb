import assert from 'node:assert/strict';
import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.ts';
import { assignmentState } from '../../../../src/operations/pod-identity-bind/assigned-wait.ts';
import { azureIdentitySpec } from '../../../../src/operations/pod-identity-bind/goals.ts';
import { lastWord } from '../../../../src/operations/pod-identity-bind/mic-log.ts';
import { anIdentity } from '../../../support/azure.ts';

const names = { azureIdentityName: 'id', bindingName: 'b', selector: 's' };
const identity = { ...anIdentity('id'), clientId: '7c9b1f0e-4a52-4d6b-9f38-0e1d2c3b4a59' };

describe('An AzureIdentity', () => {
  it('has type 0, the resource id and the client id of the identity', () => {
    const { object } = azureIdentitySpec(names, identity, 'web');
    assert.deepEqual(
      { ...object },
      {
        apiVersion: 'aadpodidentity.k8s.io/v1',
        kind: 'AzureIdentity',
        metadata: { name: 'id', namespace: 'web' },
        spec: { type: 0, resourceID: identity.resourceId, clientID: identity.clientId },
      },
    );
  });

  for (const [what, wrong] of [
    ['a client id that is no GUID', { clientId: 'client' }],
    ['a resource id of another type', { resourceId: identity.resourceId.replace('userAssignedIdentities', 'vaults') }],
    ['a resource id without a name', { resourceId: identity.resourceId.replace(/[^/]+$/, '') }],
  ] as const)
    it(`is refused with ${what}, because MIC would ignore it in silence`, () => {
      assert.throws(
        () => azureIdentitySpec(names, { ...identity, ...wrong }, 'web'),
        (error) => error instanceof DiagnosticError && error.diagnostic.code === 'POD015',
      );
    });
});

describe('An assignment', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', namespace: 'web' } };
  const assigned = (podName: string, name: string, status: string): Parameters<typeof assignmentState>[1][number] => ({
    apiVersion: 'x',
    kind: 'x',
    metadata: { name: 'x' },
    spec: {
      pod: podName,
      podNamespace: 'web',
      azureIdentityRef: { apiVersion: 'x', kind: 'x', metadata: { name } },
    },
    status: { status },
  });

  it('counts only for its own pod and identity', () => {
    const others = [assigned('web-2', 'id', 'Assigned'), assigned('web-1', 'other', 'Assigned')];
    assert.equal(assignmentState(pod, others, 'id'), 'none');
    assert.equal(assignmentState(pod, [...others, assigned('web-1', 'id', 'Created')], 'id'), 'Created');
    assert.equal(assignmentState(pod, [assigned('web-1', 'id', 'Assigned')], 'id'), 'Assigned');
  });
});

describe('The last word of MIC', () => {
  it('is its last error, over the logs of all replicas in order of time', () => {
    const one = 'E1124 02:00:05.000000 1 mic.go:1] newest error\nI1124 02:00:09.000000 1 mic.go:1] still here';
    const other = 'E1124 02:00:01.000000 1 mic.go:1] old error';
    assert.match(lastWord([one, other]) ?? '', /newest error$/);
  });

  it('is its last line where nothing failed, and nothing where the logs are empty', () => {
    assert.equal(
      lastWord(['I1124 02:00:01.0 1 a] first\nI1124 02:00:02.0 1 a] second\n']),
      'I1124 02:00:02.0 1 a] second',
    );
    assert.equal(lastWord(['', '\n']), undefined);
  });
});
