/** One suite, two judges: what holds for the real Kubernetes must hold for the embedded one, word for word. */
import process from 'node:process';
import { clusterPrograms, missingPrograms } from '../../../sandbox/cluster-kubernetes/programs.ts';
import { clusterKinds, type ClusterKind } from '../../../sandbox/sandbox-options.ts';
import { skipLoudly } from '../../support/skip.ts';

/** `KEYLESS_PODS_CLUSTER=kubernetes` runs the suites against that one only. Default: both. */
const chosen = clusterKinds.filter((kind) => [kind, undefined, ''].includes(process.env['KEYLESS_PODS_CLUSTER']));

/** Declares the suite once for each kind of cluster. */
export function onEachCluster(title: string, suite: (kind: ClusterKind) => void): void {
  for (const kind of chosen) {
    describe(`${title} (${kind})`, function () {
      this.timeout(60_000);
      before(function () {
        const missing = kind === 'kubernetes' ? missingPrograms(clusterPrograms) : [];
        if (missing.length === 0) return;
        skipLoudly(this, 'no real control plane judges the embedded cluster: npm run controlplane builds it');
      });
      suite(kind);
    });
  }
}
