/** Lines that NMI and MIC wrote on real nodes (issues of Azure/aad-pod-identity), which no sandbox imitates. */
import assert from 'node:assert/strict';
import { diagnose } from '../../../../src/checks/doctor/diagnose.ts';
import type { DoctorFacts, LogFact, ProgramFact } from '../../../../src/checks/doctor/facts.ts';
import type { Looked } from '../../../../src/checks/doctor/looked.ts';
import { seen, unreached } from '../../../../src/checks/doctor/looked.ts';
import type { KubeNode, Pod } from '../../../../src/kube/shapes.ts';

const nothing: Looked<never> = unreached('nobody looked');

const node: KubeNode = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', labels: { 'kubernetes.io/os': 'linux' } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
};

function aPod(name: string, ready: boolean, restartCount = 0): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'web', aadpodidbinding: 'web' } },
    spec: { nodeName: 'node-1' },
    status: {
      phase: 'Running',
      podIP: '10.244.1.7',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [
        { name: 'nmi', ready, restartCount, state: ready ? {} : { waiting: { reason: 'CrashLoopBackOff' } } },
      ],
    },
  };
}

function program(pods: readonly Pod[]): ProgramFact {
  const image = 'mcr.microsoft.com/oss/azure/aad-pod-identity/nmi:v1.8.17';
  return { namespace: 'default', name: 'nmi', image, args: [], env: {}, serviceAccount: 'nmi', replicas: 1, pods };
}

function facts(changes: Partial<DoctorFacts>): DoctorFacts {
  return {
    question: {
      namespace: 'default',
      podSelector: 'app=web',
      vaultName: undefined,
      secretName: undefined,
      now: new Date(),
    },
    cluster: nothing,
    apiServer: seen(true),
    served: nothing,
    nodes: seen([node]),
    pods: seen([aPod('web-1', true)]),
    mic: nothing,
    nmi: seen(program([aPod('nmi-1', true)])),
    leader: nothing,
    rights: nothing,
    exceptions: nothing,
    identities: nothing,
    bindings: nothing,
    assigned: nothing,
    policies: nothing,
    azureIdentities: nothing,
    scaleSets: nothing,
    roles: nothing,
    vault: nothing,
    micLog: nothing,
    nmiLogs: nothing,
    crashLogs: nothing,
    ...changes,
  };
}

const log = (...lines: readonly string[]): LogFact => ({ pod: 'nmi-1', node: 'node-1', lines });

const answered = (status: number): string =>
  `I1016 14:14:00.000000       1 server.go:245] status (${String(status)}) took 10000000 ns for req.method=GET reg.path=/metadata/identity/oauth2/token req.remote=10.244.1.7`;

const refresh =
  'E1016 14:13:59.000000       1 server.go:462] failed to get service principal token for pod: default/web-1, error: failed to refresh token, error: adal: Refresh request failed. MSI endpoint is not available: context deadline exceeded';

const recorded: readonly (readonly [row: number, what: string, changes: Partial<DoctorFacts>, code: string])[] = [
  [20, 'the metadata service of the node does not answer', { nmiLogs: seen([log(refresh, answered(403))]) }, 'DOC037'],
  [29, 'the health of the metadata service is bad', { nmiLogs: seen([log(answered(503))]) }, 'DOC037'],
  [
    28,
    'iptables cannot get its lock',
    {
      nmi: seen(program([aPod('nmi-1', false, 5)])),
      crashLogs: seen({
        mic: undefined,
        nmi: log(
          'F1016 14:13:59.000000       1 main.go:159] running ["/usr/sbin/iptables" "-t" "nat" "-N" "aad-metadata" "--wait"]: exit status 4: iptables: Resource temporarily unavailable.',
        ),
      }),
    },
    'POD012',
  ],
];

describe('IdentityDoctor reads what the programs wrote', () => {
  for (const [row, what, changes, code] of recorded) {
    it(`${code}: ${what} (${String(row)})`, () => {
      const [first, ...others] = diagnose(facts(changes)).problems;
      assert.equal(first?.diagnostic.code, code);
      assert.deepEqual(others, []);
      if (row !== 29)
        assert.match(first.diagnostic.detail ?? '', /^NMI: .*(context deadline exceeded|temporarily unavailable)/);
    });
  }

  it('lets an answer rest that a token followed', () => {
    const nmiLogs = seen([log(refresh, answered(403), answered(200))]);
    assert.deepEqual(diagnose(facts({ nmiLogs })).problems, []);
  });

  it('does not take the answer to another pod for one', () => {
    const nmiLogs = seen([log(answered(403).replace('10.244.1.7', '10.244.1.77'))]);
    assert.deepEqual(diagnose(facts({ nmiLogs })).problems, []);
  });
});
