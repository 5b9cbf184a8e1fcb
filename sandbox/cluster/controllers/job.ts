/** Runs a Job's pods until as many have succeeded as it asks for, or too many have failed. */
import type { ClusterClient } from '../../contracts.ts';
import { recordEvent } from './events.ts';
import { isActive, isOwnedBy, timestamp, withCondition, writeStatus } from './objects.ts';
import { podFromTemplate } from './pod-from-template.ts';
import { keyOf, ownerKey, startReconciler, type Controller } from './reconciler.ts';
import { resources, type Condition, type Job, type Pod } from './shapes.ts';

export function startJobs(client: ClusterClient): Controller {
  return startReconciler({
    client,
    triggers: [
      { resource: resources.jobs, keys: (object) => [keyOf(object)] },
      { resource: resources.pods, keys: (object) => ownerKey(object, 'Job') },
    ],
    reconcile: async (namespace, name) => {
      const job = (await client.get(resources.jobs, namespace, name)) as Job | undefined;
      if (job !== undefined && job.metadata.deletionTimestamp === undefined) await reconcile(client, job, namespace);
      return undefined;
    },
  });
}

async function reconcile(client: ClusterClient, job: Job, namespace: string): Promise<void> {
  if (hasEnded(job) || job.spec.suspend === true) return;
  const all = (await client.list(resources.pods, { namespace })) as readonly Pod[];
  const pods = all.filter((pod) => isOwnedBy(pod, job));
  const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded').length;
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed').length;
  const end = ending(job, succeeded, failed);
  let active = pods.filter(isActive).length;
  const { parallelism = 1, completions = 1 } = job.spec;
  const room = end === undefined ? Math.min(parallelism, completions - succeeded) : 0;
  for (; active < room; active++) await createPod(client, job);
  const now = timestamp();
  await writeStatus(client, resources.jobs, job, {
    startTime: job.status?.startTime ?? now,
    active,
    succeeded,
    failed,
    ...(end === undefined ? {} : ended(job, end, now)),
  });
}

function hasEnded(job: Job): boolean {
  return job.status?.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed') ?? false;
}

async function createPod(client: ClusterClient, job: Job): Promise<void> {
  const labels = { 'batch.kubernetes.io/job-name': job.metadata.name, 'job-name': job.metadata.name };
  const pod = await client.create(resources.pods, podFromTemplate(job, job.spec.template, labels));
  const message = `Created pod: ${pod.metadata.name}`;
  await recordEvent(client, job, { type: 'Normal', reason: 'SuccessfulCreate', message, component: 'job-controller' });
}

function ended(job: Job, end: Condition, now: string): object {
  const conditions = withCondition(job.status?.conditions ?? [], end, now);
  return end.type === 'Complete' ? { conditions, completionTime: now } : { conditions };
}

function ending(job: Job, succeeded: number, failed: number): Condition | undefined {
  if (succeeded >= (job.spec.completions ?? 1)) {
    const message = 'Reached expected number of succeeded pods';
    return { type: 'Complete', status: 'True', reason: 'CompletionsReached', message };
  }
  if (failed <= (job.spec.backoffLimit ?? 6)) return undefined;
  const message = 'Job has reached the specified backoff limit';
  return { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message };
}
