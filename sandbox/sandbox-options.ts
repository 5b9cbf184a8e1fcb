/** What a program that starts a sandbox can say, and the scenario that comes of it. */
import type { EdgeOptions } from './edge.ts';
import type { Clock } from './kit/clock.ts';
import type { DelaySpec } from './kit/delays.ts';
import type { FaultPlan } from './kit/faults.ts';
import type { Intercept } from './kit/http-server.ts';
import { loadScenario } from './scenario/load.ts';
import type { Scenario, Throttling } from './scenario/types.ts';

/** In this process, or a real control plane of programs of its own. */
export const clusterKinds = ['embedded', 'kubernetes'] as const;
export type ClusterKind = (typeof clusterKinds)[number];

export interface SandboxOptions {
  /** A file, a name in sandbox/scenarios, or the world itself. */
  readonly scenario: string | Scenario;
  /** Milliseconds added to every answer of every server. Default: 0. */
  readonly latency?: number;
  /** A fault plan's file. */
  readonly faults?: string;
  /** Ports from here on. Default: free ones. */
  readonly basePort?: number;
  /** Asked before the fault plan. */
  readonly intercept?: Intercept;
  /** Default: embedded. `kubernetes` needs what `npm run controlplane` builds. */
  readonly cluster?: ClusterKind;
  /** Where connection.json, ca.pem and kubeconfig are written. Default: a temporary folder of this run. */
  readonly folder?: string;
  /** The proxy is reached by TLS itself: its address is https. */
  readonly proxyTls?: boolean;
  /** Entra, Resource Manager and a proxy that is reached by TLS serve only who shows a certificate of the sandbox's authority. */
  readonly demandClientCertificates?: boolean;
  /** The proxy asks for these. Default: for none. */
  readonly proxyCredentials?: EdgeOptions['proxyCredentials'];
  /** In place of the scenario's: e.g. `'off'`, or `{ speed: 20 }` for the documented buckets, refilled twenty times as fast. */
  readonly throttling?: Throttling;
  /** On top of the scenario's and the fault plan's. */
  readonly delays?: readonly DelaySpec[];
  /** In place of the scenario's: seconds that every access token is valid. */
  readonly tokenLifetime?: number;
  /**
   * Of Entra, Resource Manager, Key Vault and Azure DevOps' id tokens: what fills token buckets, ends delays and lets tokens expire. Default: the
   * machine's clock.
   */
  readonly now?: Clock;
}

/** @throws YamlFileError for a scenario with problems */
export function scenarioOf(options: SandboxOptions, plan: FaultPlan | undefined): Scenario {
  const { scenario, throttling, tokenLifetime, delays = [] } = options;
  const written = typeof scenario === 'string' ? loadScenario(scenario) : scenario;
  return {
    ...written,
    ...(throttling === undefined ? {} : { throttling }),
    ...(tokenLifetime === undefined ? {} : { tokenLifetime }),
    delays: [...(written.delays ?? []), ...(plan?.delays ?? []), ...delays],
  };
}
