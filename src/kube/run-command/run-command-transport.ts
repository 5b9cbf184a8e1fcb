import { strToU8, zipSync } from 'fflate';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { ExecRequest, ExecResult } from '../cluster.ts';
import { isTransient } from '../transient.ts';
import type { KubeRequest, KubeTransport } from '../transport.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Command } from './arm-command.ts';
import { execResult } from './exec-result.ts';
import { kubectlError } from './kubectl-error.ts';
import type { KubectlCall } from './kubectl.ts';
import { kubectlExec, kubectlFor } from './kubectl.ts';
import { BatchQueue } from './queue.ts';
import type { Printed } from './script.ts';
import { SCRIPT, scriptOf } from './script.ts';
import { smaller } from './smaller.ts';

/** Azure keeps 512 kB of what a command prints: bytes, and a little less in case that it cuts within a character. */
const MOST_OUTPUT = 500_000;

/** Objects in a page of a list, at first. */
const PAGE = 100;

const TRIES = 3;
const PAUSE = 2_000;

type Answer = Printed | 'tooLong';

export interface CommandRunner {
  /** Of the cluster. */
  readonly name: string;
  readonly clock: Clock;
  /** Gives what the command printed. */
  run(command: Command): Promise<string>;
}

/** By Azure Resource Manager's run command: kubectl in a pod of the cluster. Calls at the same time share a command. */
export function runCommandTransport(runner: CommandRunner): KubeTransport {
  const { clock, name } = runner;
  const queue = new BatchQueue<KubectlCall, Answer>((calls) => runBatch(calls, runner), clock);
  let pageSize = PAGE;
  return {
    host: `of ${name} (by run command)`,
    get pageSize() {
      return pageSize;
    },
    send: async (request) => {
      const { text, asked } = await sendBy(queue, request, runner);
      // The pages after one that was too long are no shorter.
      if (asked !== request) pageSize = Math.min(pageSize, Number(asked.query?.['limit'] ?? PAGE));
      return text;
    },
    exec: (request, signal) => execBy(queue, request, { runner, signal }),
    close: () => undefined,
  };
}

type Queue = Pick<BatchQueue<KubectlCall, Answer>, 'add'>;

interface Sent {
  readonly text: string;
  /** What was asked in the end. */
  readonly asked: KubeRequest;
}

/** @throws KubeRefusal, DiagnosticError KUB018, AZR... */
async function sendBy(queue: Queue, request: KubeRequest, runner: CommandRunner): Promise<Sent> {
  let asked = request;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await untilStopped(queue.add(kubectlFor(asked)), request.signal);
    if (answer === 'tooLong') {
      asked = smaller(asked) ?? tooLong(runner);
      continue;
    }
    if (answer.exitCode === 0) return { text: answer.stdout, asked };
    const error = kubectlError(answer.stderr);
    if (!isTransient(error) || attempt >= TRIES) throw error;
    await runner.clock.sleep(PAUSE, request.signal);
  }
}

async function execBy(
  queue: Queue,
  request: ExecRequest,
  { runner, signal }: { readonly runner: CommandRunner; readonly signal: AbortSignal | undefined },
): Promise<ExecResult> {
  const answer = await untilStopped(queue.add(kubectlExec(request)), signal);
  return answer === 'tooLong' ? tooLong(runner) : execResult(answer);
}

/** Undefined for calls whose output had no room any more: the first one without room for itself will never have it. */
async function runBatch(
  calls: readonly KubectlCall[],
  runner: CommandRunner,
): Promise<readonly (Answer | undefined)[]> {
  const script = scriptOf(calls);
  const files = Object.fromEntries(Object.entries(script.files).map(([name, text]) => [name, strToU8(text)]));
  const zip = Buffer.from(zipSync(files)).toString('base64');
  const logs = await runner.run({ command: `sh ${SCRIPT}`, context: zip });
  const answers = script.read(logs);
  if (answers.every((answer) => answer !== undefined)) return answers;
  if (Buffer.byteLength(logs) < MOST_OUTPUT) throw endedEarly(runner, logs);
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

function tooLong({ name }: CommandRunner): never {
  throw new DiagnosticError('KUB018', {
    message: `The run command of the cluster ${name} prints more than the 512 kB that Azure hands over.`,
  });
}

function endedEarly({ name }: CommandRunner, logs: string): DiagnosticError {
  return new DiagnosticError('KUB018', {
    message: `The run command of the cluster ${name} ended before it had done everything.`,
    detail: logs.trim().slice(-600),
  });
}
