/** `kubectl exec` */
import type { KubeApi } from './kube-api.ts';
import { optionsOf, type KubectlContext } from './kubectl-context.ts';
import { failed, refused, type Ended } from './kubectl-errors.ts';

interface Place {
  readonly namespace: string;
  readonly pod: string;
}

interface PodBody {
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

export async function exec(words: readonly string[], { api, stdin = '' }: KubectlContext): Promise<Ended | undefined> {
  const at = words.indexOf('--');
  const { options, rest } = optionsOf(words.slice(0, Math.max(at, 0)), ['--namespace', '--container', '--stdin']);
  const pod = podOf(rest);
  const command = words.slice(at + 1);
  if (at < 0 || pod === undefined || command.length === 0) return undefined;
  const place = { namespace: options.get('--namespace') ?? 'default', pod };
  const found = await api.ask({ method: 'GET', path: `/api/v1/namespaces/${place.namespace}/pods/${pod}` });
  if (found.status >= 400) return refused(found);
  const container = options.get('--container') ?? firstContainer(found.body);
  const input = options.has('--stdin') ? stdin : undefined;
  try {
    return ended(await api.exec({ ...place, container, command, stdin: input }));
  } catch (error) {
    return failed(await wordsOfUpgrade(api, error, place));
  }
}

function podOf([target = '', ...more]: readonly string[]): string | undefined {
  return more.length === 0 ? /^pod\/([^/]+)$/.exec(target)?.[1] : undefined;
}

function firstContainer(body: string): string {
  return (JSON.parse(body) as PodBody).spec.containers[0]?.name ?? '';
}

function ended({ stdout, stderr, status }: Awaited<ReturnType<KubeApi['exec']>>): Ended {
  if (status.status === 'Success') return { exitCode: 0, stdout, stderr };
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code === undefined) return { exitCode: 1, stdout, stderr: `${stderr}error: ${status.message ?? ''}\n` };
  return { exitCode: Number(code), stdout, stderr: `${stderr}command terminated with exit code ${code}\n` };
}

/** The client library does not hand over the body of a refused upgrade; kubectl prints the message in it. */
async function wordsOfUpgrade(api: KubeApi, error: unknown, { namespace, pod }: Place): Promise<string> {
  const message = error instanceof Error ? error.message : String(error);
  if (!message.includes('403')) return `error: ${message}`;
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec?command=true&stdout=true`;
  return refused(await api.ask({ method: 'POST', path })).stderr.trimEnd();
}
