import { isPodReady } from '../../../kube/status/pod.ts';
import type { KubeNode, Pod } from '../../../kube/shapes.ts';
import { count, listOf } from '../../../runtime/text.ts';
import { flag } from '../bound.ts';
import type { ProgramFact } from '../facts.ts';
import { valueOr } from '../looked.ts';
import { lastErrorOf } from '../log-lines.ts';
import { isLinux, isNodeReady, troubleText } from '../program.ts';
import type { DoctorRule, Finding } from '../rule.ts';
import { failed, passed, rule, warned } from '../rule.ts';

/** NMI has to run on every Linux node that pods with an identity can be on. */
export const nmiRule: DoctorRule = rule({
  link: 'nmi',
  title: 'NMI is ready on every Linux node',
  follows: ['apiServer', 'definitions', 'rights'],
  needs: ['nmi'],
  uses: ['nodes', 'pods', 'cluster', 'crashLogs'],
  judge: ({ nmi }, looked) => {
    if (!nmi) {
      const fix = 'Run PodIdentityInstall@1 with this cluster (azureSubscription, resourceGroup, clusterName).';
      return failed('DOC007', { message: 'No DaemonSet runs NMI.', fix });
    }
    const kubenet = valueOr(looked.cluster, undefined)?.networkPlugin === 'kubenet';
    if (kubenet && flag(nmi, 'allow-network-plugin-kubenet') !== 'true') {
      return failed('POD002', { message: 'The cluster uses kubenet, and NMI was not told to accept that.' });
    }
    const nodes = valueOr(looked.nodes, []).filter((node) => isLinux(node) && isNodeReady(node));
    const pods = valueOr(looked.pods, []);
    const said = lastErrorOf(valueOr(looked.crashLogs, undefined)?.nmi?.lines ?? []);
    const detail = said === undefined ? {} : { detail: `NMI: ${said}` };
    return nodes.length === 0 ? byCount(nmi, detail) : byNode(nmi, { nodes, pods, detail });
  },
});

interface Detail {
  readonly detail?: string;
}

function byCount(nmi: ProgramFact, detail: Detail): Finding {
  const ready = nmi.pods.filter(isPodReady).length;
  const measured = `${String(ready)} of ${count(nmi.pods.length, 'pod')} ready`;
  if (ready > 0 && ready === nmi.pods.length) return passed(measured);
  return failed('POD012', { message: `NMI: ${measured}${troubleText(nmi)}.`, ...detail });
}

interface Places {
  readonly nodes: readonly KubeNode[];
  readonly pods: readonly Pod[];
  readonly detail: Detail;
}

function byNode(nmi: ProgramFact, { nodes, pods, detail }: Places): Finding {
  const covered = new Set(nmi.pods.filter(isPodReady).map(({ spec }) => spec?.nodeName));
  const bare = nodes.map(({ metadata }) => metadata.name).filter((name) => !covered.has(name));
  if (bare.length === 0) return passed(`${String(nodes.length)} of ${String(nodes.length)}`);
  const asked = new Set(pods.map(({ spec }) => spec?.nodeName));
  const fix = `Look at them: kubectl get pods --namespace ${nmi.namespace} --selector component=nmi --output wide; kubectl logs --namespace ${nmi.namespace} daemonset/${nmi.name}`;
  const shown = `${listOf(bare.slice(0, 5))}${bare.length > 5 ? ` and ${String(bare.length - 5)} more` : ''}`;
  const text = { message: `No ready pod of NMI is on ${shown}${troubleText(nmi)}.`, fix, ...detail };
  const concerned = pods.length === 0 || bare.some((name) => asked.has(name));
  return concerned ? failed('POD012', text) : warned('POD012', text);
}
