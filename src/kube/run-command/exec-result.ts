import type { ExecResult } from '../cluster.ts';
import { KubeRefusal } from '../refusal.ts';
import { kubectlError } from './kubectl-error.ts';
import type { Printed } from './script.ts';

/** What kubectl adds in lines of its own to what the command in the pod says. */
const OWN_LINES = /^(?:Defaulted container .*|Warning: .*|command terminated with exit code \d+)$/;

/** @throws KubeRefusal where the API server said no */
export function execResult({ exitCode, stdout, stderr }: Printed): ExecResult {
  const said = stderr
    .split('\n')
    .filter((line) => !OWN_LINES.test(line))
    .join('\n');
  if (exitCode === 0) return { stdout, stderr: said, exitCode };
  const code = /^command terminated with exit code (\d+)$/m.exec(stderr)?.[1];
  if (code !== undefined) return { stdout, stderr: said, exitCode: Number(code) };
  const error = kubectlError(stderr);
  // What the node said reaches kubectl as an internal error of the API server.
  if (error instanceof KubeRefusal && error.status.code !== 500) throw error;
  return { stdout, stderr: '', exitCode: undefined, failure: error.message.replace(/^error: /, '') };
}
