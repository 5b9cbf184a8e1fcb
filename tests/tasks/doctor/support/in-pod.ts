/** What an application in the pod would send, sent from the pod. */
import { PassThrough } from 'node:stream';
import { Exec, KubeConfig } from '@kubernetes/client-node';
import type { Sandbox } from '../../../../sandbox/sandbox.ts';

/** Runs curl in the first pod of `app=web` and waits for its end; what comes of it is the node's business. */
export async function curlInPod(sandbox: Sandbox, words: readonly string[]): Promise<void> {
  const [cluster] = sandbox.clusters;
  if (!cluster) throw new Error('There is no cluster.');
  const pods = (await cluster.dump()).filter(
    ({ kind, metadata }) => kind === 'Pod' && metadata.labels?.['app'] === 'web',
  );
  const name = pods[0]?.metadata.name ?? '';
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig('admin'));
  const command = ['curl', '-s', '-m', '5', ...words];
  const [out, error] = [new PassThrough().resume(), new PassThrough().resume()];
  await new Promise<void>((resolve, reject) => {
    new Exec(config)
      .exec('default', name, 'web', command, out, error, null, false, () => {
        resolve();
      })
      .catch((cause: unknown) => {
        reject(cause instanceof Error ? cause : new Error(String(cause)));
      });
  });
}
