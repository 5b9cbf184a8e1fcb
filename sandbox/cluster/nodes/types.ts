/**
 * What the API server and the nodes promise one another: the server decides (authentication, RBAC, the `connect` of a
 * subresource), the runtime does. Everything that a client can see of a wrong container, a pod that does not run or a
 * missing program is answered by the runtime.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type {
  AzureForClusters,
  ClusterPlacement,
  KubeObject,
  MetadataRequest,
  MetadataResponse,
} from '../../contracts.ts';
import type { SandboxResponse } from '../../kit/http-server.ts';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** An HTTP request that asks for an upgrade, before anything was written to its socket. */
export interface UpgradeRequest {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

export interface PodRuntime {
  /**
   * `GET|POST .../pods/{name}/exec`: to be called once the caller may do so. Answers on the socket: 101 and the
   * channels of v4.channel.k8s.io or v5.channel.k8s.io, or the refusal as a Status with its HTTP code.
   *
   * @param query the request's own query: command (repeated), container, stdin, stdout, stderr, tty
   */
  exec(pod: PodName, query: URLSearchParams, upgrade: UpgradeRequest): Promise<void>;
  /**
   * `GET .../pods/{name}/log`: the answer, streamed where the query says `follow=true`.
   *
   * @param query container, follow, tailLines, sinceTime, sinceSeconds, timestamps, previous, limitBytes
   */
  logs(pod: PodName, query: URLSearchParams): Promise<SandboxResponse>;
  stop(): Promise<void>;
}

/** The main process of a container, imitated inside this process (MIC, NMI). */
export interface Program {
  /** Ends the program; nothing of it happens afterwards. */
  stop(): Promise<void>;
  /** Settles when the program ends by itself: the container's exit code. */
  readonly exited: Promise<number>;
}

/** What a container runs, found by its image. */
export interface ProgramStart {
  readonly pod: KubeObject;
  readonly container: string;
  /** Writes one line to the container's log. */
  readonly log: (line: string) => void;
}

export interface PodRuntimeOptions {
  readonly placement: ClusterPlacement;
  readonly azure: AzureForClusters;
  /** What the instance metadata address answers to this pod. */
  metadata(pod: KubeObject, request: MetadataRequest): Promise<MetadataResponse>;
  /** The program for an image; undefined: the container only says that it started. */
  program?(image: string): ((start: ProgramStart) => Program) | undefined;
  /** From scheduled to running, in milliseconds. Default 5. */
  readonly startMilliseconds?: number;
  /** Factor on the back-off of crashing containers (10 s in a real kubelet). Default 0.05. */
  readonly timeScale?: number;
}
