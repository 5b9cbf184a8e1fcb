/** NMI, the node's half of AAD Pod Identity 1.8.17: what it answers to the pods of its node. */
import type { MetadataRequest, MetadataResponse } from '../../contracts.ts';
import { resources, type Pod } from '../controllers/shapes.ts';
import { pause, type PodIdentityContext, type ProgramRun } from './context.ts';
import { isOn, numberOf, type Flags } from './flags.ts';
import { Informers, type Informed } from './informers.ts';
import { FatalError } from './klog.ts';
import { isExcepted, isManagedIdentity, kinds, type AzureIdentity, type AzurePodIdentityException } from './kinds.ts';
import { managedToken, TokenError, type AskMetadata, type ManagedToken } from './managed-token.ts';
import { assignedIdentity, boundIdentity, NoIdentityError, type IdentitySearch } from './nmi-identities.ts';

/** A pod's request as NMI sees it: it knows the pod by its address only. */
interface PodRequest extends MetadataRequest {
  readonly address: string;
}

const POD_LIST_RETRIES = 4;
const POD_LIST_SECONDS = 0.3;

export class Nmi {
  readonly #run: ProgramRun;
  readonly #flags: Flags;
  readonly #search: IdentitySearch;
  readonly #imds: AskMetadata;
  readonly #managed: boolean;

  /** @param imds the instance metadata service itself */
  constructor(context: PodIdentityContext, run: ProgramRun, imds: AskMetadata) {
    const { flags, env, log, client, signal } = run;
    this.#run = run;
    this.#flags = flags;
    this.#imds = imds;
    this.#managed = flags.get('operation-mode')?.toLowerCase() === 'managed';
    this.#search = {
      informers: new Informers({ client, log, signal, retryMilliseconds: 800 * context.timeScale }),
      log,
      namespaced: isOn(flags, 'forceNamespaced') || env.get('FORCENAMESPACED') === 'true',
      retries: {
        created: numberOf(flags, 'retry-attempts-for-created', 16),
        assigned: numberOf(flags, 'retry-attempts-for-assigned', 4),
        seconds: numberOf(flags, 'find-identity-retry-interval', 5),
      },
      timeScale: context.timeScale,
    };
  }

  /** Settles when the node's requests may be led here; rejects when the program refuses to run. */
  async start(context: PodIdentityContext): Promise<void> {
    const { log } = this.#run;
    if (context.placement.spec.networkPlugin === 'kubenet' && !isOn(this.#flags, 'allow-network-plugin-kubenet')) {
      const page = 'https://azure.github.io/aad-pod-identity/docs/configure/aad_pod_identity_on_kubenet/';
      throw new FatalError(
        'main.go:84',
        `AAD Pod Identity is not supported for Kubenet. Review ${page} for more details.`,
      );
    }
    log.info('main.go:88', 'starting nmi process. Version: v1.8.17. Build date: 2023-06-16-17:27.');
    if (isOn(this.#flags, 'enableScaleFeatures', true)) log.info('main.go:101', 'features for scale clusters enabled');
    await this.#search.informers.start(this.#informed());
    log.info('crd.go:433', 'CRD lite informers started ');
    log.info('main.go:114', `running NMI in namespaced mode: ${this.#search.namespaced}`);
    log.info('nmi.go:52', `initializing in ${this.#managed ? 'managed' : 'standard'} mode`);
    if (this.#managed && !this.#search.namespaced) {
      const text = 'failed to initialize token client, error: managed mode not intialized in force namespaced mode';
      throw new FatalError('main.go:138', text);
    }
    log.info('server.go:127', 'listening on 127.0.0.1:2579');
  }

  /** The server's routes, in its order. */
  async answer(request: PodRequest): Promise<MetadataResponse> {
    const path = request.path.replace(/\?.*$/s, '');
    if (/^\/metadata\/identity\/oauth2\/token/i.test(path) && path.includes('/identity/oauth2/token')) {
      return this.#logged(request, path, this.#token(request));
    }
    if (/\/metadata\/identity(.*?)oauth2(.*?)token/i.test(path)) return failure(400, 'Invalid request');
    if (path.startsWith('/host/token')) return this.#logged(request, path, Promise.resolve(hostToken(request)));
    if (isOn(this.#flags, 'block-instance-metadata') && /^\/metadata\/instance/i.test(path)) {
      return failure(403, 'Request blocked by AAD Pod Identity NMI');
    }
    return this.#lacksHeader(request) ? headerRequired() : this.#imds(request);
  }

  #informed(): Informed[] {
    const identities: Informed[] = this.#managed
      ? [
          { resource: kinds.bindings, type: '*v1.AzureIdentityBinding' },
          { resource: kinds.identities, type: '*v1.AzureIdentity' },
        ]
      : [{ resource: kinds.assigned, type: '*v1.AzureAssignedIdentity' }];
    return [
      { resource: resources.pods, type: '*v1.Pod' },
      { resource: kinds.exceptions, type: '*v1.AzurePodIdentityException' },
      ...identities,
    ];
  }

  async #logged(request: PodRequest, path: string, work: Promise<MetadataResponse>): Promise<MetadataResponse> {
    const started = process.hrtime.bigint();
    const response = await work.catch((error: unknown) => failure(500, (error as Error).message));
    const took = process.hrtime.bigint() - started;
    const tracker = `req.method=${request.method} reg.path=${path} req.remote=${request.address}`;
    this.#run.log.info('server.go:245', `status (${response.status}) took ${took} ns for ${tracker}`);
    return response;
  }

  #lacksHeader(request: PodRequest): boolean {
    return isOn(this.#flags, 'metadata-header-required', true) && request.headers['metadata'] !== 'true';
  }

  async #token(request: PodRequest): Promise<MetadataResponse> {
    const { log } = this.#run;
    if (this.#lacksHeader(request)) {
      const where = `reg.path=${request.path.replace(/\?.*$/s, '')} req.remote=${request.address}`;
      log.error('server.go:398', `metadata header is not specified, req.method=${request.method} ${where}`);
      return headerRequired();
    }
    const query = new URLSearchParams(request.path.split('?')[1] ?? '');
    const resource = query.get('resource') ?? '';
    if (resource === '') {
      log.warning('server.go:411', 'parameter resource cannot be empty');
      return failure(400, 'parameter resource cannot be empty');
    }
    const pod = await this.#podAt(request.address);
    const clientId = query.get('client_id') ?? '';
    if (this.#isExcepted(pod)) return this.#exceptedToken(pod, resource, clientId);
    const resourceId = query.get('msi_res_id') ?? query.get('mi_res_id') ?? '';
    return this.#podToken(pod, resource, { clientId, resourceId });
  }

  async #podToken(
    pod: Pod,
    resource: string,
    wanted: { readonly clientId: string; readonly resourceId: string },
  ): Promise<MetadataResponse> {
    const { log } = this.#run;
    const name = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    try {
      const identity = this.#managed
        ? boundIdentity(this.#search, pod, wanted)
        : await assignedIdentity(this.#search, pod, wanted);
      return tokenResponse(await this.#tokenOf(identity, resource));
    } catch (error) {
      if (error instanceof TokenError) {
        log.error('server.go:462', `failed to get service principal token for pod: ${name}, error: ${error.message}`);
        return failure(error.status === 0 ? 503 : 403, error.message);
      }
      if (!(error instanceof NoIdentityError)) throw error;
      log.error('server.go:447', `failed to get matching identities for pod: ${name}, error: ${error.message}`);
      if (!isOn(this.#flags, 'set-retry-after-header')) return failure(404, error.message);
      return failure(503, error.message, { 'retry-after': '20' });
    }
  }

  async #tokenOf(identity: AzureIdentity, resource: string): Promise<ManagedToken> {
    const { type = 0, clientID = '' } = identity.spec ?? {};
    if (!isManagedIdentity(identity)) {
      throw new TokenError(501, `unsupported identity type ${type}: the sandbox's NMI knows managed identities only`);
    }
    return managedToken(this.#imds, resource, clientID, this.#search.timeScale);
  }

  /** By address: exactly one pod that runs or waits. @throws with the text of NMI's 500 */
  async #podAt(address: string): Promise<Pod> {
    for (let attempt = 0; ; attempt++) {
      const found = this.#search.informers
        .list<Pod>(resources.pods)
        .filter(({ spec, status }) => spec.nodeName === this.#run.pod.spec.nodeName && status?.podIP === address)
        .filter(({ status }) => status?.phase === 'Pending' || status?.phase === 'Running');
      const [pod] = found;
      if (pod !== undefined && found.length === 1) return pod;
      const names = found.map(({ metadata }) => metadata.name).join(' ');
      if (found.length > 1) throw new Error(`failed to match pod IP ${address} with [${names}]`);
      if (attempt === POD_LIST_RETRIES) {
        this.#run.log.error(
          'server.go:419',
          `failed to get pod info from pod IP: ${address}, error: pod list is empty`,
        );
        throw new Error('pod list is empty');
      }
      const text = `list pod error: pod list is empty. Retrying, attempt number: ${attempt + 1}`;
      this.#run.log.warning('client.go:212', text);
      await pause(this.#search, POD_LIST_SECONDS);
    }
  }

  /** An exception in the pod's namespace covers it, or it is MIC itself in the namespace where NMI expects MIC. */
  #isExcepted(pod: Pod): boolean {
    const { namespace = '', labels = {}, ownerReferences = [] } = pod.metadata;
    const exceptions = this.#search.informers
      .list<AzurePodIdentityException>(kinds.exceptions)
      .filter(({ metadata }) => metadata.namespace === namespace);
    const set = ownerReferences.find(({ kind }) => kind === 'ReplicaSet')?.name ?? '';
    const micNamespace = this.#flags.get('MICNamespace') ?? 'default';
    const isMic = namespace.toLowerCase() === micNamespace.toLowerCase() && set.startsWith('mic');
    return isExcepted(labels, exceptions) || isMic;
  }

  /** The machine's own identities, but in NMI's form of answer. */
  async #exceptedToken(pod: Pod, resource: string, clientId: string): Promise<MetadataResponse> {
    const { log } = this.#run;
    const name = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    log.info('server.go:434', `exception pod ${name} token handling`);
    const whose = clientId === '' ? 'system assigned MSI' : `user assigned MSI for resource: ${resource}`;
    log.info('server.go:365', `fetching token for ${whose}`);
    try {
      return tokenResponse(await managedToken(this.#imds, resource, clientId, this.#search.timeScale));
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      const text = `failed to get service principal token, error: ${error.message}`;
      const where = `failed to get service principal token for pod:${name} with error code 403`;
      log.error('server.go:437', `${where}, error: ${text}`);
      return failure(403, text);
    }
  }
}

/** Only the host itself may ask for a pod's token; pods never come from 127.0.0.1. */
function hostToken({ headers }: PodRequest): MetadataResponse {
  if ((headers['podns'] ?? '') === '' || (headers['podname'] ?? '') === '') {
    return failure(400, "missing 'podname' and 'podns' from request header");
  }
  return failure(500, 'request remote address is not from a host');
}

/** Exactly these fields: no client_id, which tells NMI's answer from that of the instance metadata service. */
function tokenResponse(token: ManagedToken): MetadataResponse {
  const { access_token, expires_in, expires_on, not_before, resource, token_type } = token;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: { access_token, refresh_token: '', expires_in, expires_on, not_before, resource, token_type },
  };
}

function headerRequired(): MetadataResponse {
  const body = { error: 'invalid_request', error_description: 'Required metadata header not specified' };
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 400, headers, body: `${JSON.stringify(body)}\n` };
}

/** Go's http.Error. */
function failure(status: number, text: string, headers: Readonly<Record<string, string>> = {}): MetadataResponse {
  const plain = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status, headers: { ...plain, ...headers }, body: `${text}\n` };
}
