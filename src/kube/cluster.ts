import type { KubeKind } from './kinds.ts';
import type { KubeObject } from './shapes.ts';

/** Which object of a kind; without a namespace for kinds that live outside of namespaces. */
export interface ObjectName {
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface ListOptions {
  /** All namespaces where it is left out. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string | undefined;
  /** Program and arguments; no shell unless the program is one. */
  readonly command: readonly string[];
  /** Written to the command's standard input, which is then closed. */
  readonly stdin?: string;
  /** Milliseconds until the command is given up. */
  readonly timeout: number;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined where the node did not say; {@link failure} then holds what it said instead. */
  readonly exitCode: number | undefined;
  /** The node's words where the command could not be started: `exec: "sh": executable file not found in $PATH`. */
  readonly failure?: string;
}

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string | undefined;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly previous?: boolean;
}

/**
 * A cluster in use: the few verbs that the product needs, whatever carries them (straight to the API server, or ARM's
 * run command). Every method throws a DiagnosticError (KUB...) whose cause is a KubeRefusal where the API server said no.
 */
export interface KubeCluster {
  /** As messages name it. */
  readonly name: string;
  /** Undefined where the object, its namespace or its kind does not exist. */
  get<Shape extends KubeObject>(
    kind: KubeKind<Shape>,
    name: ObjectName,
    signal?: AbortSignal,
  ): Promise<Shape | undefined>;
  /** All pages. @throws KUB008 where the kind is not served */
  list<Shape extends KubeObject>(
    kind: KubeKind<Shape>,
    options?: ListOptions,
    signal?: AbortSignal,
  ): Promise<readonly Shape[]>;
  create(kind: KubeKind, object: KubeObject): Promise<void>;
  /** Server-side apply as field manager `keyless-pods`. `force` takes fields over from other managers; otherwise KUB006. */
  apply(kind: KubeKind, object: KubeObject, options?: { readonly force?: boolean }): Promise<void>;
  /** JSON merge patch (RFC 7386). */
  mergePatch(kind: KubeKind, name: ObjectName, patch: object): Promise<void>;
  /** An object that is gone already is fine. Dependents are deleted in the background. */
  delete(kind: KubeKind, name: ObjectName): Promise<void>;
  exec(request: ExecRequest, signal?: AbortSignal): Promise<ExecResult>;
  logs(request: LogRequest, signal?: AbortSignal): Promise<string>;
  /** Whether the API server serves this resource now: discovery, not the definition, decides. */
  serves(kind: KubeKind, signal?: AbortSignal): Promise<boolean>;
  /** Closes kept-alive connections. */
  close(): void;
}
