import assert from 'node:assert/strict';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import { kubeFailure } from '../../../src/kube/failure.ts';
import { kinds } from '../../../src/kube/kinds.ts';
import { KubeRefusal } from '../../../src/kube/refusal.ts';

const attempt = {
  cluster: 'aks-1',
  host: 'aks-1.hcp.westeurope.azmk8s.io:443',
  verb: 'patch',
  kind: kinds.deployment,
  name: 'mic',
  namespace: 'web',
};

function refused(code: number, message: string, more: { reason?: string; causes?: object[] } = {}): Diagnostic {
  const status = { code, reason: '', message, causes: [], ...more };
  return kubeFailure(new KubeRefusal(status), attempt).diagnostic;
}

describe('A refusal of the API server', () => {
  it('names verb, resource, group and namespace of a missing permission, and the rule to add', () => {
    const said =
      'deployments.apps "mic" is forbidden: User "system:serviceaccount:a:b" cannot create resource "deployments" in API group "apps" in the namespace "web"';
    const { code, message, fix } = refused(403, said);
    assert.equal(code, 'KUB004');
    assert.match(message, /lacks the verb create on deployments\.apps in namespace web/);
    assert.ok(fix.includes('{apiGroups: ["apps"], resources: ["deployments"], verbs: ["create"]}'), fix);
    assert.ok(fix.includes('docs/permissions.md'), fix);
  });

  it('asks for escalate or bind where rights would be handed out that the caller lacks', () => {
    const said = 'user "x" (groups=["y"]) is attempting to grant RBAC permissions not currently held: ...';
    const of = (kind: (typeof kinds)[keyof typeof kinds]): string =>
      kubeFailure(new KubeRefusal({ code: 403, reason: 'Forbidden', message: said, causes: [] }), { ...attempt, kind })
        .diagnostic.fix;
    assert.ok(of(kinds.clusterRole).includes('verbs: ["escalate"]'));
    assert.ok(of(kinds.clusterRoleBinding).includes('verbs: ["bind"]'));
  });

  for (const [what, code, said] of [
    ['Pod Security', 403, 'pods "nmi-1" is forbidden: violates PodSecurity "restricted:latest": host namespaces'],
    ['an admission webhook', 403, 'admission webhook "validation.gatekeeper.sh" denied the request: no'],
    [
      'an admission policy',
      422,
      "deployments \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
    ],
    ['a quota', 403, 'pods "a" is forbidden: exceeded quota: small, requested: pods=1'],
  ] as const)
    it(`by ${what} is no missing permission`, () => {
      assert.equal(refused(code, said).code, 'KUB007');
    });

  it('names who owns a field that server-side apply may not take', () => {
    const causes = [
      { reason: 'FieldManagerConflict', message: 'conflict with "helm" using apps/v1', field: '.spec.replicas' },
    ];
    const { code, message } = refused(409, 'Apply failed with 1 conflict', { reason: 'Conflict', causes });
    assert.equal(code, 'KUB006');
    assert.match(message, /\.spec\.replicas belongs to helm/);
  });

  it('tells a kind that is not served from a namespace and an object that are missing', () => {
    assert.equal(refused(404, 'the server could not find the requested resource').code, 'KUB008');
    assert.equal(refused(404, '404 page not found').code, 'KUB008');
    assert.match(refused(404, 'namespaces "web" not found').message, /namespace web does not exist/);
    assert.equal(refused(404, 'deployments.apps "mic" not found').code, 'KUB005');
  });

  it('says whether the credential, the load or something else is the reason', () => {
    assert.equal(refused(401, 'Unauthorized').code, 'KUB003');
    assert.equal(refused(503, 'busy').code, 'KUB012');
    assert.equal(refused(422, 'Deployment.apps "mic" is invalid', { reason: 'Invalid' }).code, 'KUB009');
  });
});

describe('A request without an answer', () => {
  const failed = (code: string, host = attempt.host): Diagnostic =>
    kubeFailure(Object.assign(new Error('no'), { code }), { ...attempt, host }).diagnostic;

  it('is told apart by the certificate', () => {
    assert.equal(failed('DEPTH_ZERO_SELF_SIGNED_CERT').code, 'KUB002');
    assert.equal(failed('ERR_TLS_CERT_ALTNAME_INVALID').code, 'KUB002');
    assert.equal(failed('CERT_HAS_EXPIRED').code, 'KUB020');
    assert.equal(failed('ECONNREFUSED').code, 'KUB001');
  });

  it('says that a cluster is private', () => {
    assert.match(failed('ENOTFOUND', 'a.privatelink.westeurope.azmk8s.io').cause, /private/);
  });
});
