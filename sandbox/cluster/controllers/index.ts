/** The controller manager and the scheduler. */
import type { ClusterClient } from '../../contracts.ts';
import { startDaemonSets } from './daemon-set.ts';
import { startDeployments } from './deployment.ts';
import { startJobs } from './job.ts';
import type { Controller } from './reconciler.ts';
import { startReplicaSets } from './replica-set.ts';
import { startScheduler } from './scheduler.ts';

export function startControllers(client: ClusterClient): Controller {
  const starts = [startScheduler, startReplicaSets, startDaemonSets, startDeployments, startJobs];
  const controllers = starts.map((start) => start(client));
  return {
    stop: async () => {
      await Promise.all(controllers.map((controller) => controller.stop()));
    },
  };
}
