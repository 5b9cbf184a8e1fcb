import { strToU8, zipSync } from 'fflate';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { ExecRequest, ExecResult } from '../cluster.ts';
import { isTransient } from '../direct/transient.ts';
import type { KubeRequest, KubeTransport } from '../transport.ts';
import type { CommandContext } from './arm-command.ts';
import { runInCluster } from './arm-command.ts';
import { execResult } from './exec-result.ts';
import { kubectlError } from './kubectl-error.ts';
import type { KubectlCall } from './kubectl.ts';
import { kubectlExec, kubectlFor } from './kubectl.ts';
import { BatchQueue } from './queue.ts';
import type { Printed } from './script.ts';
import { SCRIPT, scriptOf } from './script.ts';
import { smaller } from './smaller.ts';

/** Azure keeps 512 kB of what a command prints. */
const MOST_OUTPUT = 500_000;

const TRIES = 3;
const PAUSE = 2_000;

type Answer = Printed | 'tooLong';

/** By Azure Resource Manager's run command: kubectl in a pod of the cluster. Calls at the same time share a command. */
export function runCommandTransport(context: CommandContext): KubeTransport {
  const { clock, cluster } = context;
  const queue = new BatchQueue<KubectlCall, Answer>((calls) => runBatch(calls, context), clock);
  return {
    host: `of ${cluster.name} (by run command)`,
    pageSize: 100,
    send: (request) => sendBy(queue, request, context),
    exec: (request, signal) => execBy(queue, request, { context, signal }),
    close: () => undefined,
  };
}

type Queue = Pick<BatchQueue<KubectlCall, Answer>, 'add'>;

/** @throws KubeRefusal, DiagnosticError KUB018, AZR... */
async function sendBy(queue: Queue, request: KubeRequest, context: CommandContext): Promise<string> {
  const { clock } = context;
  let asked = request;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await untilStopped(queue.add(kubectlFor(asked)), request.signal);
    if (answer === 'tooLong') {
      asked = smaller(asked) ?? tooLong(context);
      continue;
    }
    if (answer.exitCode === 0) return answer.stdout;
    const error = kubectlError(answer.stderr);
    if (!isTransient(error) || attempt >= TRIES) throw error;
    await clock.sleep(PAUSE, request.signal);
  }
}

async function execBy(
  queue: Queue,
  request: ExecRequest,
  { context, signal }: { readonly context: CommandContext; readonly signal: AbortSignal | undefined },
): Promise<ExecResult> {
  const answer = await untilStopped(queue.add(kubectlExec(request)), signal);
  return answer === 'tooLong' ? tooLong(context) : execResult(answer);
}

/** Undefined for calls whose output had no room any more: the first one without room for itself will never have it. */
async function runBatch(
  calls: readonly KubectlCall[],
  context: CommandContext,
): Promise<readonly (Answer | undefined)[]> {
  const script = scriptOf(calls);
  const files = Object.fromEntries(Object.entries(script.files).map(([name, text]) => [name, strToU8(text)]));
  const zip = Buffer.from(zipSync(files)).toString('base64');
  const logs = await runInCluster({ command: `sh ${SCRIPT}`, context: zip }, context);
  const answers = script.read(logs);
  if (answers.every((answer) => answer !== undefined)) return answers;
  if (logs.length < MOST_OUTPUT) throw endedEarly(context, logs);
  return answers.some((answer) => answer !== undefined)
    ? answers
    : answers.map((_, index) => (index === 0 ? 'tooLong' : undefined));
}

/** What has been started cannot be stopped, but nobody has to wait for it. */
function untilStopped<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

function tooLong({ cluster }: CommandContext): never {
  throw new DiagnosticError('KUB018', {
    message: `The run command of the cluster ${cluster.name} prints more than the 512 kB that Azure hands over.`,
  });
}

function endedEarly({ cluster }: CommandContext, logs: string): DiagnosticError {
  return new DiagnosticError('KUB018', {
    message: `The run command of the cluster ${cluster.name} ended before it had done everything.`,
    detail: logs.trim().slice(-600),
  });
}
