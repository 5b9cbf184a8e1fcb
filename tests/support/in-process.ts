/** Runs an operation in this process as the host of a task runs it, behind a sandbox's proxy: a hundred runs a second. */
import type { Connection } from '../../sandbox/connection.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { Host } from '../../src/host/run-operation.ts';
import { runOperation } from '../../src/host/run-operation.ts';
import type { CommonInputs, Operation } from '../../src/operations/shared/operation.ts';
import type { RunReport } from '../../src/report/run-report.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { EndpointReader, Network } from '../../src/runtime/ports.ts';
import { Secret } from '../../src/runtime/secret.ts';

export interface InProcessRun {
  /** Why it failed; undefined where it succeeded. */
  readonly failure: Diagnostic | undefined;
  readonly report: RunReport;
  readonly outputs: Readonly<Record<string, string>>;
  /** Lines of the log and warnings, unmasked. */
  readonly log: readonly string[];
  /** What `outputPlanFile` holds, if the input is set; nothing is written to a disk. */
  readonly planFile: string | undefined;
}

/** Everything that the run printed or left for others. */
export function outputOf({ log, report, outputs, planFile = '' }: InProcessRun): readonly string[] {
  return [...log, JSON.stringify(report), ...Object.values(outputs), planFile];
}

export interface InProcessOptions {
  readonly sandbox: Pick<Sandbox, 'connection' | 'ca'>;
  /** Service connections by id. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** In place of the connection's own values. */
  readonly endpoints?: EndpointReader;
  /** In place of the proxy without a password. */
  readonly network?: Network;
}

export async function runInProcess<Inputs extends CommonInputs, Name extends string>(
  operation: Operation<Inputs, Name>,
  {
    sandbox,
    inputs,
    clock,
    endpoints = endpointsOf(sandbox.connection),
    network = networkOf(sandbox),
  }: InProcessOptions,
): Promise<InProcessRun> {
  const { connection } = sandbox;
  const log: string[] = [];
  const outputs: Record<string, string> = {};
  let report: RunReport | undefined;
  let planFile: string | undefined;
  const mask = (): void => undefined;
  const host: Host = {
    input: (name) => inputs[name],
    endpoints,
    network: () => network,
    job: () => ({
      oidcRequestUri: connection.oidcRequestUri,
      accessToken: Secret.register(connection.job.accessToken, mask),
    }),
    clock,
    mask,
    log: { line: (text) => log.push(text), warning: (text) => log.push(text) },
    setOutput: (name, value) => {
      outputs[name] = value;
    },
    progress: () => undefined,
    saveMemory: () => Promise.resolve(),
    slice: () => undefined,
    publish: (made) => {
      report = made;
    },
    planFile: () => ({
      file: {
        clear: () => {
          planFile = undefined;
        },
        write: (text) => {
          planFile = text;
        },
        append: (line) => {
          planFile = (planFile ?? '') + line;
        },
      },
    }),
    onStop: () => undefined,
  };
  const failure = await runOperation(operation, host);
  if (!report) throw new Error('The run published no report.');
  return { failure, report, outputs, log, planFile };
}

/** The way out behind the sandbox's proxy. */
export function networkOf({ connection, ca }: Pick<Sandbox, 'connection' | 'ca'>): Network {
  const { proxy: url, agentMetadata: metadataHost } = connection;
  return { proxyFor: () => ({ url }), certificateAuthority: ca, metadataHost };
}

/** The connections for use behind the proxy, by id, as the agent hands them over. */
export function endpointsOf({ publicServiceConnections }: Connection): EndpointReader {
  const read = (id: string, name: string): string | undefined =>
    publicServiceConnections.find((endpoint) => endpoint.id === id)?.variables[name];
  return {
    url: (id) => read(id, `ENDPOINT_URL_${id}`),
    scheme: (id) => read(id, `ENDPOINT_AUTH_SCHEME_${id}`),
    authorization: (id, key) => read(id, `ENDPOINT_AUTH_PARAMETER_${id}_${key.toUpperCase()}`),
    data: (id, key) => read(id, `ENDPOINT_DATA_${id}_${key.toUpperCase()}`),
  };
}
