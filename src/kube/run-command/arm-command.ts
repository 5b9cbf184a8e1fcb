import type {
  ManagedClustersGetCommandResultOptionalParams as GetCommandResultOptions,
  RunCommandResult,
} from '@azure/arm-containerservice';
import type { createContainerService } from '@azure/arm-containerservice/api';
import type { AksCluster } from '../../azure/aks-cluster.ts';
import { armFailure, armRefusal } from '../../azure/arm-error.ts';
import { isPassingStatus } from '../../azure/patience/passing.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { Budget } from '../../runtime/budget.ts';
import type { Clock } from '../../runtime/clock.ts';

export interface CommandContext {
  readonly azure: AzureSession;
  readonly cluster: AksCluster;
  /** For the API server, where the cluster signs in with Microsoft Entra. */
  readonly token: (() => Promise<string>) | undefined;
  readonly clock: Clock;
  readonly budget: Budget;
}

export interface Command {
  readonly command: string;
  /** Base64 of a zip file, which is unpacked where the command runs. */
  readonly context: string;
}

/** Between two looks at a command that runs; the last one from there on. Azure names no pause. */
const PAUSES = [1_000, 2_000, 5_000];

/** What a command that has been started is given in any case: a pod of its own has to start first. */
const LEAST_TIME = 90_000;

/** The pod of a command may find no room for a moment. All our commands may be repeated, and this one never began. */
const TRIES = 3;
const NOT_STARTED = /did not start within|KubernetesPerformanceError/i;

/** Runs a command in the cluster and gives what it printed. @throws DiagnosticError AZR..., KUB018 */
export async function runInCluster(command: Command, context: CommandContext): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return logsOf(await once(command, context), context);
    } catch (error) {
      if (attempt === TRIES || !passes(error)) throw asDiagnostic(error, context);
    }
    await context.clock.sleep(PAUSES.at(-1) ?? 0);
  }
}

function passes(error: unknown): boolean {
  if (error instanceof DiagnosticError) return NOT_STARTED.test(error.diagnostic.detail ?? '');
  const { status, code, message } = armRefusal(error) ?? { status: 0, code: '', message: '' };
  return isPassingStatus(status) || NOT_STARTED.test(`${code} ${message}`);
}

/** Azure leaves out what it has nothing to say of, or sends null. */
function logsOf({ provisioningState, reason, exitCode, logs }: RunCommandResult, context: CommandContext): string {
  const printed = logs ?? '';
  if (provisioningState === 'Failed' || provisioningState === 'Canceled')
    throw failed(context, `${reason ?? provisioningState} ${printed}`.trim());
  if ((exitCode ?? 0) === 0) return printed;
  throw failed(context, `exit code ${String(exitCode)}: ${printed.trim()}`);
}

async function once({ command, context: files }: Command, context: CommandContext): Promise<RunCommandResult> {
  const { azure, cluster, token } = context;
  const [{ createContainerService }, { runCommand }] = await Promise.all([
    import('@azure/arm-containerservice/api'),
    import('@azure/arm-containerservice/api/managedClusters'),
  ]);
  const client = createContainerService(azure.credential, cluster.subscriptionId, clientOptions(azure));
  const request = { command, context: files, ...(token === undefined ? {} : { clusterToken: await token() }) };
  let location = '';
  const onResponse = ({ headers }: Response): void => {
    location = headers.get('location') ?? '';
  };
  await runCommand(client, cluster.resourceGroup, cluster.name, request, { onResponse }).submitted();
  const id = /\/commandResults\/([0-9a-z-]+)/i.exec(location)?.[1];
  if (id === undefined) throw failed(context, 'Azure does not say where the result of the command will be.');
  return resultOf(id, client, context);
}

type Client = ReturnType<typeof createContainerService>;
type Response = Parameters<NonNullable<GetCommandResultOptions['onResponse']>>[0];

/** Status 202 says that a command is not finished; the body of the answer may say anything. */
async function resultOf(id: string, client: Client, context: CommandContext): Promise<RunCommandResult> {
  const { cluster, clock, budget } = context;
  const { getCommandResult } = await import('@azure/arm-containerservice/api/managedClusters');
  const end = clock.now() + Math.max(budget.remaining(), LEAST_TIME);
  let status = 0;
  const onResponse = (response: Response): void => {
    ({ status } = response);
  };
  for (let look = 0; ; look += 1) {
    const pause = PAUSES[Math.min(look, PAUSES.length - 1)] ?? 0;
    if (clock.now() + pause > end) throw failed(context, 'It did not end within the time of this step.');
    await clock.sleep(pause);
    const result = await getCommandResult(client, cluster.resourceGroup, cluster.name, id, { onResponse });
    if (status === 200 && result) return result;
  }
}

function asDiagnostic(error: unknown, { azure, cluster }: CommandContext): unknown {
  const doing = `run a command in the cluster ${cluster.name} in resource group ${cluster.resourceGroup}`;
  return armFailure(error, doing, new URL(azure.connection.cloud.resourceManager).host);
}

function failed({ cluster }: CommandContext, reason: string): DiagnosticError {
  return new DiagnosticError('KUB018', {
    message: `The run command of the cluster ${cluster.name} failed.`,
    detail: reason.slice(0, 900),
  });
}
