/** How kubectl words what the API server refuses. Source: kubectl/pkg/cmd/util/helpers.go and cmd/apply/apply.go, 1.33. */
import type { ApiAnswer } from './kube-api.ts';

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly { readonly field?: string; readonly message?: string }[];
  };
}

const notServed: Status = { reason: 'NotFound', message: 'the server could not find the requested resource' };

export function refused({ status, body }: ApiAnswer): Ended {
  const said = statusOf(body);
  if (status === 401) return failed('error: You must be logged in to the server (Unauthorized)');
  if (said?.reason === 'Invalid') return failed(invalid(said));
  const { reason = '', message = body.trim() } = said ?? (status === 404 ? notServed : {});
  return failed(`Error from server${reason === '' ? '' : ` (${reason})`}: ${message}`);
}

/** A conflict of server-side apply comes without its reason, and with advice. */
export function refusedApply(answer: ApiAnswer): Ended {
  const said = statusOf(answer.body);
  if (said?.reason !== 'Conflict') return refused(answer);
  return failed(`error: ${said.message ?? ''}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`);
}

export function failed(stderr: string, exitCode = 1): Ended {
  return { exitCode, stdout: '', stderr: `${stderr}\n` };
}

function invalid({ message = '', details = {} }: Status): string {
  const { kind, name, causes = [] } = details;
  const lines = causes.map(({ field, message: why }) => `${String(field)}: ${String(why)}`);
  if (kind === undefined && lines.length === 0) return `The request is invalid: ${message}`;
  const what = kind === undefined ? 'The request is invalid' : `The ${kind} "${String(name)}" is invalid`;
  return [what, inLines(lines)].filter((part) => part !== '').join(': ');
}

function inLines(lines: readonly string[]): string {
  return lines.length < 2 ? lines.join('') : `\n${lines.map((line) => `* ${line}`).join('\n')}`;
}

function statusOf(body: string): Status | undefined {
  try {
    const parsed = JSON.parse(body) as (Status & { readonly kind?: string }) | null;
    return parsed?.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function noFile(name: string): Ended {
  return failed(`error: the path "${name}" does not exist`);
}

export function printed(stdout: string): Ended {
  return { exitCode: 0, stdout, stderr: '' };
}
