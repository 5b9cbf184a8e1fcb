/** A pod on its node: its containers' states and logs, its directory, its way out, the commands that run in it. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { PodGateway } from '../../contracts.ts';
import { timestamp } from '../controllers/objects.ts';
import type { Container, Pod } from '../controllers/shapes.ts';
import { ContainerLog } from './container-log.ts';
import { faultOf, faultyState, type ContainerState, type PodAddresses } from './pod-status.ts';
import type { Program } from './types.ts';

export interface ContainerRun {
  state: ContainerState;
  log: ContainerLog;
  /** The log of the run before, once there was one. */
  previous?: ContainerLog;
  program?: Program;
}

export class RunningPod {
  pod: Pod;
  /** Empty until its node starts it. */
  addresses: PodAddresses = { podIP: '', hostIP: '' };
  readonly containers = new Map<string, ContainerRun>();
  /** Added to the running pod; what becomes of them says nothing of the pod. */
  readonly ephemeral = new Map<string, ContainerRun>();
  /** Aborted when the pod goes: ends every command in it. */
  readonly gone = new AbortController();
  readonly #root: string;
  #gateway: Promise<PodGateway> | undefined;
  #home: string | undefined;

  constructor(pod: Pod, root: string) {
    this.pod = pod;
    this.#root = root;
  }

  get states(): Map<string, ContainerState> {
    return new Map([...this.containers].map(([name, { state }]) => [name, state]));
  }

  get home(): string {
    if (this.#home === undefined) {
      this.#home = path.join(this.#root, `pod-${this.pod.metadata.uid ?? this.pod.metadata.name}`);
      mkdirSync(this.#home, { recursive: true });
    }
    return this.#home;
  }

  run(container: string): ContainerRun | undefined {
    return this.containers.get(container) ?? this.ephemeral.get(container);
  }

  /** Opened for the first command: most pods are never looked into. */
  async gateway(open: () => Promise<PodGateway>): Promise<PodGateway> {
    this.#gateway ??= open();
    return this.#gateway;
  }

  /** A container as it is once it started, before its program (if the sandbox has one) says otherwise. */
  begin(container: Container): ContainerRun {
    const fault = faultOf(this.pod);
    const running: ContainerState = { state: 'running', ready: true, restarts: 0, startedAt: timestamp() };
    const state = fault === undefined ? running : faultyState(fault, this.pod, container);
    const run: ContainerRun = { state, log: new ContainerLog() };
    this.containers.set(container.name, run);
    return run;
  }

  async end(): Promise<void> {
    this.gone.abort();
    for (const { log, program } of [...this.containers.values(), ...this.ephemeral.values()]) {
      await program?.stop();
      log.end();
    }
    const gateway = await this.#gateway?.catch(() => undefined);
    await gateway?.close();
    if (this.#home !== undefined) rmSync(this.#home, { recursive: true, force: true });
  }
}
