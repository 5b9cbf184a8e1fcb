/**
 * kubectl's calls that run commands may make: `get|create|delete --raw`, `apply --server-side`, `patch --type=merge`,
 * `exec`; and `get KIND` with the output name or json. Forms as docs/sandbox.md lists them.
 */
import type { KubectlContext } from './kubectl-context.ts';
import { kubectlGet, readKubectlGet } from './kubectl-get.ts';
import { noFile, printed, refused, type Ended } from './kubectl-errors.ts';
import { exec } from './kubectl-exec.ts';
import { apply, patch } from './kubectl-writes.ts';

type Verb = (words: readonly string[], context: KubectlContext) => Promise<Ended | undefined>;

const verbs: Readonly<Record<string, Verb>> = { get, create: raw('create'), delete: raw('delete'), apply, patch, exec };

/** Undefined for a form that is not imitated. */
export async function kubectl(words: readonly string[], context: KubectlContext): Promise<Ended | undefined> {
  const [verb = '', ...rest] = words;
  return Object.hasOwn(verbs, verb) ? verbs[verb]?.(rest, context) : undefined;
}

async function get(words: readonly string[], { api, cluster }: KubectlContext): Promise<Ended | undefined> {
  const [option, path] = words;
  if (option === '--raw' && path !== undefined && words.length === 2) {
    const answer = await api.ask({ method: 'GET', path });
    return answer.status < 400 ? printed(answer.body) : refused(answer);
  }
  const read = readKubectlGet(`kubectl get ${words.join(' ')}`);
  if (!read) return undefined;
  const { exitCode, logs } = kubectlGet(read, await cluster.dump());
  return exitCode === 0 ? printed(logs) : { exitCode, stdout: '', stderr: logs };
}

function raw(verb: 'create' | 'delete'): Verb {
  return async ([option, path, files, name, ...rest], { api, file }) => {
    if (option !== '--raw' || path === undefined || files !== '-f' || name === undefined || rest.length > 0)
      return undefined;
    const body = file(name);
    if (body === undefined) return noFile(name);
    const answer = await api.ask({ method: verb === 'create' ? 'POST' : 'DELETE', path, body });
    return answer.status < 400 ? printed(answer.body) : refused(answer);
  };
}
