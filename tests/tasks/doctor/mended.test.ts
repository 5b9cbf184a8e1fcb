/** What the doctor advises is done, by the task that it names, and then nothing is wrong any more. */
import assert from 'node:assert/strict';
import { aksRoleGrants } from '../../../src/operations/aks-role-grants/operation.ts';
import { keyVaultGrant } from '../../../src/operations/key-vault-grant/operation.ts';
import { podIdentityBind } from '../../../src/operations/pod-identity-bind/operation.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { InProcessRun } from '../../support/in-process.ts';
import { runInProcess } from '../../support/in-process.ts';
import { cluster } from '../../support/one-cluster.ts';
import { withIds } from '../../support/world.ts';
import { Draft, names } from './support/draft.ts';
import type { Examined } from './support/examine.ts';
import { ask, examine, settled } from './support/examine.ts';

const identity = `${names.infraGroup}/${names.identity}`;

interface Mending {
  readonly what: string;
  readonly spoil: (draft: Draft) => void;
  /** What the next step has to say. */
  readonly advice: RegExp;
  readonly mend: (examined: Examined) => Promise<InProcessRun>;
}

const mendings: readonly Mending[] = [
  {
    what: 'AksRoleGrants makes the grant that was missing',
    spoil: (draft) => {
      draft.revoke('Managed Identity Operator', names.kubelet);
    },
    advice: /Next: Run AksRoleGrants@1 with preset: podIdentity, identity: _rg-infra-p-we-001\/id-aks-helloworld/,
    mend: ({ sandbox }) =>
      runInProcess(aksRoleGrants, {
        sandbox,
        clock: systemClock,
        inputs: withIds(sandbox, { ...cluster, preset: 'podIdentity', identity }),
      }),
  },
  {
    what: 'KeyVaultGrant writes the policy that was missing',
    spoil: (draft) => {
      draft.vault.accessPolicies = [];
    },
    advice: /Next: Run KeyVaultGrant@1 with keyVault: kvpwe001 and identity: _rg-infra-p-we-001\/id-aks-helloworld/,
    mend: ({ sandbox }) =>
      runInProcess(keyVaultGrant, {
        sandbox,
        clock: systemClock,
        inputs: withIds(sandbox, { ...cluster, keyVault: names.vault, identity }),
      }),
  },
  {
    what: 'PodIdentityBind labels the pods',
    spoil: (draft) => {
      delete draft.workload('Deployment', 'web').spec.template.metadata.labels.aadpodidbinding;
    },
    advice:
      /Next: Run PodIdentityBind@1 with namespace: default, identity: \S+id-aks-helloworld, selector: web-selector and workloads:/,
    mend: ({ sandbox }) =>
      runInProcess(podIdentityBind, {
        sandbox,
        clock: systemClock,
        inputs: withIds(sandbox, {
          ...cluster,
          identity,
          namespace: names.namespace,
          selector: names.selector,
          workloads: 'deployment/web',
        }),
      }),
  },
];

describe('The next step of IdentityDoctor mends the chain', function () {
  this.timeout(90_000);

  for (const { what, spoil, advice, mend } of mendings) {
    it(what, async () => {
      const draft = new Draft();
      spoil(draft);
      await examine(draft, {}, async (examined) => {
        assert.match(examined.log.join('\n'), advice);
        const mended = await mend(examined);
        assert.equal(mended.failure, undefined, mended.log.join('\n'));
        const { outputs, log } = await untilCalm(examined);
        assert.deepEqual(outputs, { problemCount: '0', codes: '' }, log.join('\n'));
      });
    });
  }
});

/** MIC tries again after ten minutes, which are half a minute in the sandbox. */
async function untilCalm({ sandbox }: Examined): Promise<Examined> {
  for (let tries = 0; ; tries += 1) {
    await settled(sandbox);
    const examined = await ask(sandbox);
    if (examined.codes.length === 0 || tries === 50) return examined;
  }
}
