import type { RunningCluster } from '../../../contracts.ts';
import type { KubeApi } from './kube-api.ts';

/** Where one call of kubectl runs. */
export interface KubectlContext {
  readonly api: KubeApi;
  readonly cluster: RunningCluster;
  /** Undefined where there is no such file. */
  readonly file: (name: string) => string | undefined;
  readonly stdin: string | undefined;
}

/** Options that stand alone have an empty value. */
export function optionsOf(
  words: readonly string[],
  known: readonly string[],
): { readonly options: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (const word of words) {
    const [name = '', ...value] = word.split('=');
    if (known.includes(name)) options.set(name, value.join('='));
    else rest.push(word);
  }
  return { options, rest };
}
