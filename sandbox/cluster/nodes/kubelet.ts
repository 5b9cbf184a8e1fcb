/** Starts and ends the pods that were given a node, and writes their status. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeStatusError, type ClusterClient } from '../../contracts.ts';
import { recordEvent } from '../controllers/events.ts';
import { ignoringMissing, timestamp } from '../controllers/objects.ts';
import { controllerOf } from '../controllers/reconciler.ts';
import { resources, type Container, type Node, type Pod } from '../controllers/shapes.ts';
import { ContainerLog } from './container-log.ts';
import { addressOf } from './node-objects.ts';
import { crashed, podStatus } from './pod-status.ts';
import { RunningPod, type ContainerRun } from './running-pod.ts';
import { beginEphemeral, statesOf } from './ephemeral.ts';
import type { PodRuntimeOptions } from './types.ts';

interface KubeletOptions extends PodRuntimeOptions {
  /** Temporary directory of this cluster. */
  readonly root: string;
  /** Runs the command of a container to its end; undefined where it has none, so that it never ends. */
  readonly command: (running: RunningPod, container: Container, log: ContainerLog) => Promise<number | undefined>;
}

export class Kubelet {
  readonly #client: ClusterClient;
  readonly #options: KubeletOptions;
  readonly #pods = new Map<string, RunningPod>();
  readonly #ending = new Set<Promise<void>>();
  readonly #unwatch: () => void;
  readonly #stopping = new AbortController();
  /** Pods whose last word was said; finalizers may keep the object. */
  readonly #terminated = new Set<string>();
  #addresses = 0;

  constructor(client: ClusterClient, options: KubeletOptions) {
    this.#client = client;
    this.#options = options;
    this.#unwatch = client.watch(resources.pods, ({ type, object }) => {
      this.#see(type, object as Pod);
    });
  }

  find(namespace: string, name: string): RunningPod | undefined {
    const pods = [...this.#pods.values()];
    return pods.find(({ pod: { metadata } }) => metadata.namespace === namespace && metadata.name === name);
  }

  async stop(): Promise<void> {
    this.#unwatch();
    this.#stopping.abort();
    for (const running of this.#pods.values()) this.#track(running.end());
    this.#pods.clear();
    await Promise.all(this.#ending);
  }

  #see(type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const running = this.#pods.get(uid);
    if (type === 'DELETED') {
      this.#pods.delete(uid);
      this.#terminated.delete(uid);
      if (running) this.#track(running.end());
    } else if (pod.metadata.deletionTimestamp !== undefined) {
      if (!this.#terminated.has(uid)) this.#track(this.#terminate(pod, running));
    } else if (running) {
      running.pod = pod;
      this.#addEphemeral(running);
    } else if (pod.spec.nodeName !== undefined) this.#track(this.#start(pod, pod.spec.nodeName));
  }

  #track(work: Promise<void>): void {
    const guarded = work.catch((error: unknown) => {
      if (!hasGone(error) && !this.#stopping.signal.aborted) console.error('sandbox kubelet:', error);
    });
    this.#ending.add(guarded);
    void guarded.finally(() => this.#ending.delete(guarded));
  }

  async #terminate(pod: Pod, running: RunningPod | undefined): Promise<void> {
    const { uid = '', namespace, name } = pod.metadata;
    this.#terminated.add(uid);
    await running?.end();
    this.#pods.delete(uid);
    const now = await this.#client.get(resources.pods, namespace, name);
    if (now?.metadata.uid !== uid) return;
    await ignoringMissing(this.#client.delete(resources.pods, namespace, name, { gracePeriodSeconds: 0 }));
  }

  async #start(pod: Pod, nodeName: string): Promise<void> {
    const running = new RunningPod(pod, this.#options.root);
    this.#pods.set(pod.metadata.uid ?? '', running);
    const node = (await this.#client.get(resources.nodes, undefined, nodeName)) as Node | undefined;
    await sleep(this.#options.startMilliseconds ?? 5);
    if (running.gone.signal.aborted) return;
    running.addresses = this.#address(pod, node);
    const programs = pod.spec.containers.map((container) => ({ container, run: running.begin(container) }));
    // Programs ask for their pod by its address, so the address is written before they start.
    await this.#writeStatus(running);
    for (const { container, run } of programs) await this.#runContainer(running, container, run);
    const owner = controllerOf(pod);
    if (owner?.kind === 'Job') await this.#finish(running);
  }

  #address(pod: Pod, node: Node | undefined): RunningPod['addresses'] {
    const hostIP = addressOf(node) ?? '10.224.0.4';
    if (pod.spec.hostNetwork === true) return { podIP: hostIP, hostIP };
    const subnet = Number(hostIP.split('.').at(-1) ?? 4) - 4;
    const host = this.#addresses++;
    return { podIP: `10.244.${(subnet + 256 * Math.floor(host / 240)) % 256}.${2 + (host % 240)}`, hostIP };
  }

  async #runContainer(running: RunningPod, container: Container, run: ContainerRun): Promise<void> {
    if (run.state.state !== 'running') {
      const { reason = '', message = '' } = run.state;
      const text = { type: 'Warning', reason: reason === 'ImagePullBackOff' ? 'Failed' : 'BackOff', message } as const;
      await recordEvent(this.#client, running.pod, { ...text, component: 'kubelet' });
      return;
    }
    const start = this.#options.program?.(container.image);
    if (start === undefined) {
      run.log.append(`sandbox: container ${container.name} started; image ${container.image} itself is not run`);
      return;
    }
    const log = run.log;
    const program = start({
      pod: running.pod,
      container: container.name,
      log: (line) => {
        log.append(line);
      },
    });
    run.program = program;
    void program.exited.then((exitCode) => {
      this.#track(this.#restart(running, container, run, exitCode));
    });
  }

  /** A program that ends by itself waits in CrashLoopBackOff and starts again, later each time. */
  async #restart(running: RunningPod, container: Container, run: ContainerRun, exitCode: number): Promise<void> {
    if (running.gone.signal.aborted) return;
    const restarts = run.state.restarts + 1;
    run.state = crashed(running.pod, container, { exitCode, restarts, startedAt: run.state.startedAt });
    run.log.end();
    run.previous = run.log;
    await this.#writeStatus(running);
    const seconds = Math.min(300, 10 * 2 ** (restarts - 1)) * (this.#options.timeScale ?? 0.05);
    try {
      await sleep(seconds * 1000, undefined, { signal: running.gone.signal, ref: false });
    } catch {
      return;
    }
    run.log = new ContainerLog();
    run.state = { ...run.state, state: 'running', ready: true, restarts, startedAt: timestamp() };
    await this.#runContainer(running, container, run);
    await this.#writeStatus(running);
  }

  #addEphemeral(running: RunningPod): void {
    for (const container of running.pod.spec.ephemeralContainers ?? []) {
      if (!running.ephemeral.has(container.name)) this.#track(this.#runEphemeral(running, container));
    }
  }

  /** Its command is run as exec would run it, once; Kubernetes never starts it again. */
  async #runEphemeral(running: RunningPod, container: Container): Promise<void> {
    const run = beginEphemeral(running, container);
    await this.#writeStatus(running);
    if (run.state.state !== 'running') return;
    const exitCode = await this.#options.command(running, container, run.log);
    if (exitCode === undefined) return;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    run.state = { ...run.state, state: 'terminated', reason, exitCode };
    run.log.end();
    await this.#writeStatus(running);
  }

  /** A Job's pod: its command is not run (only exec runs commands), it succeeds unless its fault says otherwise. */
  async #finish(running: RunningPod): Promise<void> {
    await sleep(this.#options.startMilliseconds ?? 5);
    for (const run of running.containers.values()) {
      if (run.state.reason === 'ImagePullBackOff' || (run.state.state === 'running' && !run.state.ready)) return;
      const exitCode = run.state.reason === 'CrashLoopBackOff' ? 1 : 0;
      const reason = exitCode === 0 ? 'Completed' : 'Error';
      const { last: _, message: __, ...rest } = run.state;
      run.state = { ...rest, state: 'terminated', ready: false, restarts: 0, reason, exitCode };
      run.log.end();
    }
    await this.#writeStatus(running);
  }

  async #writeStatus(running: RunningPod): Promise<void> {
    if (running.gone.signal.aborted) return;
    const { pod } = running;
    const status = podStatus(pod, running.states, running.addresses, statesOf(running.ephemeral));
    await ignoringMissing(this.#client.mergePatch(resources.pods, pod, { status }, 'status'));
  }
}

/** The pod went, or changed, while its node was at it. */
function hasGone(error: unknown): boolean {
  return error instanceof KubeStatusError && [404, 409].includes(error.status.code);
}
