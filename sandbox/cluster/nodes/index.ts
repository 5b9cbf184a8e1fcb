/** The cluster's nodes: pods that start, run commands as host processes, write logs, and go. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeStatusError, type ClusterClient } from '../../contracts.ts';
import { resources, type Container, type Pod } from '../controllers/shapes.ts';
import type { SandboxResponse } from '../../kit/http-server.ts';
import { checkLogQuery, logQuery, type ContainerLog } from './container-log.ts';
import { expand, podEnvironment } from './environment.ts';
import { acceptUpgrade, checkUpgrade, execStreams, runCommand } from './exec.ts';
import { runToEnd } from './container-process.ts';
import { Kubelet } from './kubelet.ts';
import { badRequest, chosenContainer, podNotFound, refuseUpgrade, statusBody } from './refusals.ts';
import type { ContainerRun, RunningPod } from './running-pod.ts';
import { ToolBox } from './tool-box.ts';
import type { PodName, PodRuntime, PodRuntimeOptions, UpgradeRequest } from './types.ts';

export function podRuntime(client: ClusterClient, options: PodRuntimeOptions): PodRuntime {
  return new HostRuntime(client, options);
}

class HostRuntime implements PodRuntime {
  readonly #client: ClusterClient;
  readonly #options: PodRuntimeOptions;
  readonly #root: string;
  readonly #kubelet: Kubelet;
  readonly #tools: ToolBox;
  readonly #caFile: string;
  readonly #wgetrc: string;

  constructor(client: ClusterClient, options: PodRuntimeOptions) {
    this.#client = client;
    this.#options = options;
    this.#root = mkdtempSync(path.join(tmpdir(), 'keyless-pods-cluster-'));
    this.#caFile = path.join(this.#root, 'ca.pem');
    this.#wgetrc = path.join(this.#root, 'wgetrc');
    writeFileSync(this.#caFile, options.azure.caPem);
    writeFileSync(this.#wgetrc, `ca_certificate = ${this.#caFile}\n`);
    this.#tools = new ToolBox(this.#root, process.env['PATH'] ?? '');
    this.#kubelet = new Kubelet(client, {
      ...options,
      root: this.#root,
      command: (running, container, log) => this.#runCommand(running, container, log),
    });
  }

  async stop(): Promise<void> {
    await this.#kubelet.stop();
    rmSync(this.#root, { recursive: true, force: true });
  }

  async exec(name: PodName, query: URLSearchParams, upgrade: UpgradeRequest): Promise<void> {
    try {
      const pod = await this.#pod(name);
      const streams = execStreams(query);
      const container = chosenContainer(pod, query.get('container'));
      const command = query.getAll('command');
      if (command.length === 0) throw badRequest('you must specify at least one command for the container');
      const running = this.#running(pod, container);
      checkUpgrade(upgrade);
      const { environment, tools } = await this.#surroundings(running, container);
      const connection = await acceptUpgrade(upgrade);
      const start = { command, environment, tools, directory: running.home, stdin: streams.stdin };
      await runCommand(connection, start, streams, running.gone.signal);
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      refuseUpgrade(upgrade.socket, error);
    }
  }

  async #runCommand(running: RunningPod, container: Container, log: ContainerLog): Promise<number | undefined> {
    const words = [...(container.command ?? []), ...(container.args ?? [])];
    if (words.length === 0) return undefined;
    const { environment, tools } = await this.#surroundings(running, container);
    const command = words.map((word) => expand(word, environment));
    const start = { command, environment, tools, directory: running.home, stdin: false };
    return runToEnd(start, log, running.gone.signal);
  }

  async logs(name: PodName, query: URLSearchParams): Promise<SandboxResponse> {
    try {
      return await this.#logs(name, query);
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      return { status: error.status.code, body: statusBody(error) };
    }
  }

  async #logs(name: PodName, query: URLSearchParams): Promise<SandboxResponse> {
    checkLogQuery(name, query);
    const pod = await this.#pod(name);
    const container = chosenContainer(pod, query.get('container'));
    const run = this.#kubelet.find(name.namespace, name.name)?.run(container.name);
    const where = `container "${container.name}" in pod "${name.name}"`;
    const log = query.get('previous') === 'true' ? previousLog(run, where) : currentLog(run, where);
    const wanted = logQuery(query);
    const body = wanted.follow ? log.follow(wanted) : log.read(wanted);
    return { status: 200, headers: { 'content-type': 'text/plain' }, body };
  }

  async #pod({ namespace, name }: PodName): Promise<Pod> {
    const pod = await this.#client.get(resources.pods, namespace, name);
    if (pod === undefined) throw podNotFound(name);
    return pod as Pod;
  }

  /** Only a running container takes commands. */
  #running(pod: Pod, container: Container): RunningPod {
    const { namespace = '', name } = pod.metadata;
    if (pod.spec.nodeName === undefined) throw badRequest(`pod ${name} does not have a host assigned`);
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      throw badRequest(`cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`);
    }
    const running = this.#kubelet.find(namespace, name);
    if (running?.run(container.name)?.state.state === 'running') return running;
    const message = `unable to upgrade connection: container not found ("${container.name}")`;
    throw new KubeStatusError({ code: 500, reason: 'InternalError', message });
  }

  async #surroundings(
    running: RunningPod,
    container: Container,
  ): Promise<{ environment: Record<string, string>; tools: string }> {
    const { pod, addresses } = running;
    const gateway = await running.gateway(() =>
      this.#options.azure.openPodGateway({
        name: `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`,
        address: addresses.podIP,
        metadata: (request) => this.#options.metadata(running.pod, request),
      }),
    );
    // An ephemeral container brings an image, and so programs, of its own.
    const tools = running.ephemeral.has(container.name) ? this.#tools.usual : this.#tools.directoryFor(pod);
    const environment = await podEnvironment(this.#client, pod, container, {
      tools,
      home: running.home,
      gateway: gateway.url,
      caFile: this.#caFile,
      wgetrc: this.#wgetrc,
    });
    return { environment, tools };
  }
}

function previousLog(run: ContainerRun | undefined, where: string): ContainerLog {
  if (run?.previous === undefined) throw badRequest(`previous terminated ${where} not found`);
  return run.previous;
}

function currentLog(run: ContainerRun | undefined, where: string): ContainerLog {
  if (run === undefined) throw badRequest(`${where} is waiting to start: ContainerCreating`);
  if (run.state.reason !== 'ImagePullBackOff') return run.log;
  throw badRequest(`${where} is waiting to start: trying and failing to pull image`);
}
