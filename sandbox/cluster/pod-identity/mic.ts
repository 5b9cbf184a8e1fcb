/** MIC, the controller of AAD Pod Identity 1.8.17 in standard mode: its start, its leadership, its loop. */
import { resources } from '../controllers/shapes.ts';
import type { Pod } from '../controllers/shapes.ts';
import { KubeStatusError, type ClusterClient } from '../../contracts.ts';
import { pause, type PodIdentityContext, type ProgramRun } from './context.ts';
import { isOn, numberOf, secondsOf } from './flags.ts';
import { Informers, type Informed } from './informers.ts';
import { FatalError } from './klog.ts';
import { kinds, POD_LABEL, redacted } from './kinds.ts';
import { LeaderElection } from './leader.ts';
import { managedToken } from './managed-token.ts';
import { MicSync } from './mic-sync.ts';
import { ResourceManager } from './resource-manager.ts';
import { ScaleSets } from './scale-sets.ts';

/** Below this a busy machine would lose the lease for no reason. */
const SHORTEST_LEASE = 2000;
/** How often the caches tell of everything again, which makes MIC try what failed. */
const RESYNC_SECONDS = 600;

export async function runMic(context: PodIdentityContext, run: ProgramRun): Promise<void> {
  const { flags, env, log, pod, signal } = run;
  const namespace = env.get('MIC_POD_NAMESPACE') ?? '';
  if (namespace === '') {
    const text = 'namespace not specified. Please add meta.namespace as env variable MIC_POD_NAMESPACE';
    throw new FatalError('main.go:111', text);
  }
  log.info('main.go:118', 'starting mic process. Version: v1.8.17. Build date: 2023-06-16-17:27');
  log.warning('main.go:123', '--kubeconfig not passed will use InClusterConfig');
  const namespaced = isOn(flags, 'forceNamespaced') || env.get('FORCENAMESPACED') === 'true';
  log.info('main.go:146', `running MIC in namespaced mode: ${namespaced}`);
  const scaleSets = cloudProvider(context, run);
  log.info('mic.go:201', 'initiating MIC Leader election');
  const leaseSeconds = secondsOf(flags, 'leader-election-duration', 15);
  const election = new LeaderElection({
    client: run.client,
    log,
    signal,
    namespace: flags.get('leader-election-namespace') ?? 'default',
    name: flags.get('leader-election-name') ?? 'aad-pod-identity-mic',
    identity: flags.get('leader-election-instance') ?? pod.metadata.name,
    leaseSeconds,
    leaseMilliseconds: Math.max(leaseSeconds * 1000 * context.timeScale, SHORTEST_LEASE),
  });
  await election.acquire();
  await Promise.race([election.hold(), lead(context, run, { namespace, namespaced, scaleSets })]);
}

function cloudProvider(context: PodIdentityContext, { flags, log, pod }: ProgramRun): ScaleSets {
  const { placement, azure, timeScale } = context;
  const clientId = placement.kubelet?.clientId;
  if (clientId === undefined || !flags.has('cloudconfig')) {
    const why = 'MIC with a service principal is not imitated: add it in sandbox/cluster/pod-identity/mic.ts';
    throw new FatalError('main.go:172', `failed to create MIC client, error: ${why}`);
  }
  const redactedId = redacted(clientId);
  log.info('cloudprovider.go:119', `MIC using user assigned identity: ${redactedId} for authentication.`);
  const arm = new ResourceManager({
    resourceManager: azure.resourceManager,
    resourceManagerName: azure.resourceManagerName,
    caPem: azure.caPem,
    timeScale,
    token: async () =>
      managedToken((request) => context.metadata(pod, request), `${azure.resourceManagerName}/`, clientId, timeScale),
  });
  return new ScaleSets({
    arm,
    log,
    subscriptionId: placement.subscriptionId,
    resourceGroup: placement.spec.nodeResourceGroup,
    maxRetry: numberOf(flags, 'update-user-msi-max-retry', 2),
    retryMilliseconds: secondsOf(flags, 'update-user-msi-retry-interval', 1) * 1000 * timeScale,
  });
}

interface Leading {
  readonly namespace: string;
  readonly namespaced: boolean;
  readonly scaleSets: ScaleSets;
}

async function lead(context: PodIdentityContext, run: ProgramRun, leading: Leading): Promise<void> {
  const { flags, log, client, signal } = run;
  if (isOn(flags, 'enable-type-upgrade', true)) await noteTypeUpgrade(client, leading.namespace, run);
  const bell = new Bell(signal);
  const informers = new Informers({ client, log, signal, retryMilliseconds: 800 * context.timeScale });
  await informers.start(informed(bell));
  log.info('crd.go:443', 'CRD informers started');
  log.info('pod.go:79', 'pod watcher started !!');
  log.info('mic.go:381', 'sync thread started.');
  const immutable = new Set((flags.get('immutable-user-msis') ?? '').toLowerCase().split(',').filter(Boolean));
  immutable.add(context.placement.kubelet?.clientId ?? '');
  const sync = new MicSync({ ...leading, client, log, informers, immutable });
  void ringRegularly(context, run, () => {
    bell.ring('sync');
  });
  const reconcileEvery = secondsOf(flags, 'identity-assignment-reconcile-interval', 180);
  void every(context, reconcileEvery, signal, () => {
    bell.ring('reconcile');
  });
  for (;;) {
    const rung = await bell.next();
    if (rung.has('sync') && (await sync.run())) await pause(context, 0.2, signal);
    if (rung.has('reconcile')) await sync.reconcileScaleSets();
  }
}

async function ringRegularly(
  context: PodIdentityContext,
  { flags, signal }: ProgramRun,
  ring: () => void,
): Promise<void> {
  await every(context, Math.min(RESYNC_SECONDS, secondsOf(flags, 'syncRetryDuration', 3600)), signal, ring);
}

async function every(
  context: PodIdentityContext,
  seconds: number,
  signal: AbortSignal,
  ring: () => void,
): Promise<void> {
  try {
    for (;;) {
      await pause(context, seconds, signal);
      ring();
    }
  } catch {
    // The program was stopped.
  }
}

/** MIC looks when a pod comes, goes, or changes its node or label, and at every change of a binding or an identity. */
function informed(bell: Bell): Informed[] {
  const ring = (): void => {
    bell.ring('sync');
  };
  return [
    {
      resource: resources.pods,
      type: '*v1.Pod',
      onChange: (type, object, before) => {
        const [now, then] = [object as Pod, before as Pod | undefined];
        const moved = now.spec.nodeName !== then?.spec.nodeName;
        if (type !== 'MODIFIED' || moved || label(now) !== label(then)) ring();
      },
    },
    { resource: resources.nodes, type: '*v1.Node' },
    { resource: kinds.bindings, type: '*v1.AzureIdentityBinding', onChange: ring },
    { resource: kinds.identities, type: '*v1.AzureIdentity', onChange: ring },
    { resource: kinds.assigned, type: '*v1.AzureAssignedIdentity' },
  ];
}

function label(pod: Pod | undefined): string | undefined {
  return pod?.metadata.labels?.[POD_LABEL];
}

/** The config map that says which version last rewrote the objects for the field names of 1.6. */
async function noteTypeUpgrade(client: ClusterClient, namespace: string, { flags, log }: ProgramRun): Promise<void> {
  const name = flags.get('config-map-name') ?? 'aad-pod-identity-config';
  const key = flags.get('type-upgrade-status-key') ?? 'type-upgrade-status';
  try {
    const metadata = { name, namespace };
    const map =
      (await client.get(resources.configMaps, namespace, name)) ??
      (await client.create(resources.configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata }));
    const data = (map['data'] ?? {}) as Record<string, string>;
    const before = data[key];
    if (before === undefined) {
      log.info('mic.go:313', 'upgrading the types to work with case sensitive go-client');
      log.info('mic.go:317', 'type upgrade completed !!');
      await client.update(resources.configMaps, { ...map, data: { ...data, [key]: 'v1.8.17' } });
    } else {
      log.info('mic.go:328', `type upgrade status configmap found from version: ${before}. Skipping type upgrade!`);
    }
  } catch (error) {
    if (!(error instanceof KubeStatusError)) throw error;
    const what = `failed to get ConfigMap ${namespace}/${name}, error: ${error.message}`;
    throw new FatalError('mic.go:340', `type upgrade failed with error: ${what}`);
  }
}

/** Wakes the loop; what rings while it works is heard once afterwards. */
class Bell {
  readonly #signal: AbortSignal;
  #rung = new Set<'sync' | 'reconcile'>();
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  ring(what: 'sync' | 'reconcile'): void {
    this.#rung.add(what);
    this.#wake?.();
  }

  async next(): Promise<ReadonlySet<'sync' | 'reconcile'>> {
    while (this.#rung.size === 0) {
      this.#signal.throwIfAborted();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#signal.throwIfAborted();
    const rung = this.#rung;
    this.#rung = new Set();
    return rung;
  }
}
