/** The sandbox's stand-in for KubernetesManifest@1, action deploy. What it leaves out stands in ../README.md. */
import type { InBoxContext, InBoxTask } from '../model.ts';
import { apply } from './apply.ts';
import { connect } from './connect.ts';
import { labelOf } from './json.ts';
import { readManifests } from './manifests.ts';
import { Objects } from './objects.ts';
import { rollsOut, waitForRollout } from './rollout.ts';

export const kubernetesManifest: InBoxTask = {
  name: 'KubernetesManifest',
  major: 1,
  summary: 'Stand-in of the sandbox for the task of Azure Pipelines: deploys manifests and waits for their rollout',
  inputs: [
    { name: 'action', required: false, defaultValue: 'deploy', values: ['deploy'] },
    {
      name: 'connectionType',
      required: false,
      defaultValue: 'kubernetesServiceConnection',
      values: ['kubernetesServiceConnection'],
    },
    { name: 'kubernetesServiceConnection', required: true, defaultValue: '', connection: true },
    { name: 'namespace', required: false, defaultValue: '' },
    { name: 'manifests', required: true, defaultValue: '' },
    { name: 'strategy', required: false, defaultValue: 'none', values: ['none'] },
    { name: 'rolloutStatusTimeout', required: false, defaultValue: '0' },
  ],
  run: deploy,
};

async function deploy({ job, inputs, record, stop }: InBoxContext): Promise<void> {
  const { kubernetesServiceConnection: connection = '', manifests = '', rolloutStatusTimeout = '0' } = inputs;
  const ofConnection = job.endpoints.get(connection.toLowerCase())?.[`ENDPOINT_DATA_${connection}_NAMESPACE`];
  const namespace = [inputs['namespace'], ofConnection, 'default'].find((name) => name) ?? 'default';
  const wanted = await readManifests(manifests, job.folders.workingDirectory);
  const objects = new Objects(connect(job, connection, namespace));
  for (const manifest of wanted) record.write(`${labelOf(manifest)} ${await apply(objects, manifest)}`);
  const say = (line: string): void => {
    record.write(line);
  };
  for (const manifest of wanted.filter(rollsOut)) {
    await waitForRollout(objects, manifest, { seconds: Number(rolloutStatusTimeout), stop, say });
  }
}
