/** AAD Pod Identity: programs that run where its images run, and what the instance metadata address answers to pods. */
import type {
  AzureForClusters,
  ClusterClient,
  ClusterPlacement,
  KubeObject,
  MetadataRequest,
  MetadataResponse,
} from '../../contracts.ts';
import { resources, type Node, type Pod } from '../controllers/shapes.ts';
import { scaleSetOf } from '../nodes/node-objects.ts';
import type { Program, ProgramStart } from '../nodes/types.ts';
import { programOf, type PodIdentityContext, type ProgramRun } from './context.ts';
import { runMic } from './mic.ts';
import { Nmi } from './nmi.ts';

interface PodIdentityOptions {
  readonly placement: ClusterPlacement;
  readonly azure: AzureForClusters;
  /** Factor on every pause of MIC and NMI. Default 0.05: NMI's 80 s are 4 s. */
  readonly timeScale?: number;
}

interface PodIdentity {
  /** For {@link import('../nodes/types.ts').PodRuntimeOptions}. */
  program(image: string): ((start: ProgramStart) => Program) | undefined;
  metadata(pod: KubeObject, request: MetadataRequest): Promise<MetadataResponse>;
}

export function startPodIdentity(client: ClusterClient, options: PodIdentityOptions): PodIdentity {
  const nmis = new Map<string, Nmi>();
  const { placement, azure, timeScale = 0.05 } = options;
  const imdsOf = async (nodeName: string, request: MetadataRequest): Promise<MetadataResponse> => {
    const node = (await client.get(resources.nodes, undefined, nodeName)) as Node | undefined;
    const scaleSet = scaleSetOf(node);
    if (scaleSet === undefined) return { status: 404, body: `node ${nodeName} is no instance of a scale set` };
    return azure.instanceMetadata(scaleSet, request);
  };
  const metadata = async (object: KubeObject, request: MetadataRequest): Promise<MetadataResponse> => {
    const pod = (await client.get(resources.pods, object.metadata.namespace, object.metadata.name)) as Pod | undefined;
    const now = pod ?? (object as Pod);
    const nodeName = now.spec.nodeName ?? '';
    const nmi = nmis.get(nodeName);
    // The rule that leads to NMI catches what pods send, not what the host itself sends.
    if (nmi === undefined || now.spec.hostNetwork === true) return imdsOf(nodeName, request);
    return nmi.answer({ ...request, address: now.status?.podIP ?? '' });
  };
  const context: PodIdentityContext = { client, placement, azure, timeScale, metadata };
  const runNmi = async (run: ProgramRun): Promise<void> => {
    const nodeName = run.pod.spec.nodeName ?? '';
    const nmi = new Nmi(context, run, (request) => imdsOf(nodeName, request));
    await nmi.start(context);
    run.signal.throwIfAborted();
    nmis.set(nodeName, nmi);
    run.signal.addEventListener('abort', () => {
      if (nmis.get(nodeName) === nmi) nmis.delete(nodeName);
    });
  };
  return {
    program: (image) => {
      if (isImage(image, 'mic')) return programOf(context, (run) => runMic(context, run));
      return isImage(image, 'nmi') ? programOf(context, runNmi) : undefined;
    },
    metadata,
  };
}

/** `mcr.microsoft.com/oss/azure/aad-pod-identity/nmi:v1.8.17`, or the same from another registry. */
function isImage(image: string, name: 'mic' | 'nmi'): boolean {
  return new RegExp(`(^|/)${name}(:|@|$)`).test(image);
}
