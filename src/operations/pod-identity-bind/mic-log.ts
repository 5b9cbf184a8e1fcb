import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import { isPodReady } from '../../kube/status/pod.ts';

const LINES = 40;

/** The last error of MIC, else its last line; undefined where its log may not or cannot be read. */
export async function lastWordOfMic(cluster: KubeCluster, signal: AbortSignal): Promise<string | undefined> {
  try {
    const pods = (await cluster.list(kinds.pod, { labelSelector: 'component=mic' }, signal)).filter(isPodReady);
    const logs = await Promise.all(
      pods.map(({ metadata }) =>
        cluster.logs({ namespace: metadata.namespace ?? '', pod: metadata.name, tailLines: LINES }, signal),
      ),
    );
    return lastWord(logs);
  } catch (error) {
    // The log only explains a failure that is reported in any case.
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** Pure. Lines begin with klog's level and time (`E1124 02:14:04.123456`), so errors can be told and ordered. */
export function lastWord(logs: readonly string[]): string | undefined {
  const lines = logs
    .flatMap((log) => log.split(/\r?\n/))
    .filter((line) => line.trim() !== '')
    .sort((one, other) => timeOf(one).localeCompare(timeOf(other)));
  const last = lines.findLast((line) => /^E\d{4} /.test(line)) ?? lines.at(-1);
  return last?.slice(0, 700);
}

function timeOf(line: string): string {
  return /^[IWEF](\d{4} [\d:.]+)/.exec(line)?.[1] ?? '';
}
