import assert from 'node:assert/strict';
import type { World } from './world.ts';

const pipeline = `
steps:
- checkout: self
- task: KubernetesManifest@1
  inputs:
    action: deploy
    kubernetesServiceConnection: cluster-conn
    namespace: default
    manifests: manifests/aks-helloworld.yaml
`;

/** Deploys the article's demo application as the article's pipeline does. */
export async function deployDemo(world: World): Promise<void> {
  const { result, jobs } = await world.pipeline(pipeline);
  const log = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run?.log ?? [])).join('\n');
  assert.equal(result, 'Succeeded', log);
}
