import type { AksCluster } from '../../../azure/aks-cluster.ts';
import { readCluster } from '../../../azure/aks-cluster.ts';
import { findVault } from '../../../azure/vault-lookup.ts';
import { boundTo, identitiesOf } from '../../../checks/doctor/bound.ts';
import type { DoctorFacts, DoctorQuestion, LogFact } from '../../../checks/doctor/facts.ts';
import type { Looked } from '../../../checks/doctor/looked.ts';
import { look, lookOn, unreached, valueOr } from '../../../checks/doctor/looked.ts';
import { worksNow } from '../../../checks/doctor/rules/assignment.ts';
import type { KubeCluster } from '../../../kube/cluster.ts';
import { openCluster } from '../../../kube/connection.ts';
import type { AzureIdentity, Pod } from '../../../kube/shapes.ts';
import { isPodReady } from '../../../kube/status/pod.ts';
import type { Services } from '../../shared/services.ts';
import type { IdentityDoctorInputs } from '../inputs.ts';
import { readAzureIdentities, readGrants, readRoles, readScaleSets } from './azure-side.ts';
import type { ClusterLists } from './cluster-side.ts';
import { lookAtCluster, unopened } from './cluster-side.ts';
import type { Programs } from './program-side.ts';
import { lookAtPrograms } from './program-side.ts';
import { readCrash, readLog } from './programs.ts';

/** One look at the whole chain, from both ends at once. Nothing here fails the run: what cannot be seen is unknown. */
export async function lookAtChain(inputs: IdentityDoctorInputs, services: Services): Promise<DoctorFacts> {
  const { azure, signal } = services;
  const cluster = look(() => readCluster(azure, inputs));
  const scaleSets = cluster.then((looked) => lookOn(looked, (found) => readScaleSets(azure, found)));
  const vault = inputs.vault;
  const vaultLook = vault ? look(() => findVault(azure, vault)) : Promise.resolve(unreached('no keyVault is given'));
  const opened = await openFor(inputs, services, cluster);
  try {
    const { lists, traces } =
      opened.state === 'seen' ? await lookAtCluster(opened.value, inputs, signal) : unopened(opened);
    const own = ownIdentities(lists);
    const [known, roles, programs] = await Promise.all([
      cluster.then((looked) => look(() => readAzureIdentities(azure, valueOr(looked, undefined), own))),
      cluster.then((looked) => lookOn(looked, (found) => readRoles(services, found, own))),
      opened.state === 'seen' ? lookAtPrograms(opened.value, traces, signal) : noPrograms,
    ]);
    const side = { ...lists, ...programs };
    const [logs, grants] = await Promise.all([
      opened.state === 'seen' ? lookAtLogs(opened.value, side, signal) : noLogs,
      lookOn(await vaultLook, (found) => readGrants(azure, found, valueOr(known, new Map()), inputs.secretName)),
    ]);
    const question = questionOf(inputs, services.clock.date());
    const inAzure = {
      cluster: await cluster,
      azureIdentities: known,
      scaleSets: await scaleSets,
      roles,
      vault: grants,
    };
    return { question, ...inAzure, ...side, ...logs };
  } finally {
    if (opened.state === 'seen') opened.value.close();
  }
}

function questionOf({ namespace, podSelector, vault, secretName }: IdentityDoctorInputs, now: Date): DoctorQuestion {
  return { namespace, podSelector, vaultName: vault?.name, secretName, now };
}

/** A service connection of its own needs nothing of Azure; a stopped cluster has no API server to open. */
async function openFor(
  { kubernetesServiceConnection, clusterAccess }: IdentityDoctorInputs,
  services: Services,
  cluster: Promise<Looked<AksCluster>>,
): Promise<Looked<KubeCluster>> {
  if (kubernetesServiceConnection !== undefined)
    return look(() => openCluster(services, { kubernetesServiceConnection, clusterAccess }));
  const looked = await cluster;
  if (looked.state !== 'seen') return unreached('the cluster is not known');
  if (looked.value.powerState === 'Stopped') return unreached('the cluster is stopped');
  return look(() => openCluster(services, { cluster: looked.value, clusterAccess }));
}

function ownIdentities({ pods, bindings, identities }: ClusterLists): readonly AzureIdentity[] {
  return identitiesOf(boundTo(valueOr(pods, []), valueOr(bindings, []), valueOr(identities, [])));
}

type ClusterSide = ClusterLists & Programs;

const noPrograms: Programs = {
  mic: unreached('the API server was not reached'),
  nmi: unreached('the API server was not reached'),
  leader: unreached('the API server was not reached'),
  rights: unreached('the API server was not reached'),
};

type Logs = Pick<DoctorFacts, 'micLog' | 'nmiLogs' | 'crashLogs'>;

const noLogs: Logs = {
  micLog: unreached('the API server was not reached'),
  nmiLogs: unreached('the API server was not reached'),
  crashLogs: unreached('the API server was not reached'),
};

/** Logs of NMI are read on so many nodes of the pods. */
const MOST_NODES = 3;

/** MIC's log only where an assignment is missing; NMI's where the pods are. */
async function lookAtLogs(cluster: KubeCluster, side: ClusterSide, signal: AbortSignal): Promise<Logs> {
  const [micLog, nmiLogs, crashLogs] = await Promise.all([
    worksNow(side)
      ? unreached('everything is assigned')
      : lookOn(side.mic, (mic) => leaderLog(cluster, mic?.pods ?? [], side, signal)),
    lookOn(side.nmi, (nmi) => {
      const nodes = new Set(valueOr(side.pods, []).map(({ spec }) => spec?.nodeName ?? ''));
      const there = (nmi?.pods ?? []).filter((pod) => isPodReady(pod) && nodes.has(pod.spec?.nodeName ?? ''));
      return Promise.all(there.slice(0, MOST_NODES).map((pod) => readLog(cluster, pod, signal)));
    }),
    look(() => readCrashes(cluster, side, signal)),
  ]);
  return { micLog, nmiLogs, crashLogs };
}

async function readCrashes(
  cluster: KubeCluster,
  side: ClusterSide,
  signal: AbortSignal,
): Promise<Extract<DoctorFacts['crashLogs'], { state: 'seen' }>['value']> {
  const podsOf = (name: 'mic' | 'nmi'): readonly Pod[] => valueOr(side[name], undefined)?.pods ?? [];
  const [mic, nmi] = await Promise.all([
    readCrash(cluster, podsOf('mic'), signal),
    readCrash(cluster, podsOf('nmi'), signal),
  ]);
  return { mic, nmi };
}

async function leaderLog(
  cluster: KubeCluster,
  pods: readonly Pod[],
  { leader }: Pick<ClusterSide, 'leader'>,
  signal: AbortSignal,
): Promise<LogFact | undefined> {
  const holder = valueOr(leader, undefined)?.holder;
  const running = pods.filter(isPodReady);
  const pod = running.find(({ metadata }) => metadata.name === holder) ?? running[0];
  return pod && readLog(cluster, pod, signal);
}
