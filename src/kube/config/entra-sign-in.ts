import type { User } from '@kubernetes/client-node/dist/config_types.js';

/** AKS's API servers in Microsoft Entra, the same application in every cloud (AKS documentation: kubelogin). */
export const AKS_SERVER = '6dae42f8-4368-4678-94ff-3960e28e3630';

/**
 * The application of Microsoft Entra for which a user of a kubeconfig wants a token: what kubelogin, or kubectl's old
 * provider "azure", would sign in for. Undefined for every other user. Nothing of it is run.
 */
export function signsInFor({ exec, authProvider }: User): string | undefined {
  const provider = authProvider as Provider | null | undefined;
  if (provider?.name === 'azure') return provider.config?.['apiserver-id'] ?? AKS_SERVER;
  const { command = '', args } = (exec ?? {}) as Plugin;
  if (!/(?:^|[\\/])kubelogin(?:\.exe)?$/i.test(command)) return undefined;
  return valueOf(args ?? [], '--server-id') ?? AKS_SERVER;
}

/** Of an option that is written as `--name value` or `--name=value`. */
function valueOf(words: readonly string[], option: string): string | undefined {
  const inline = words.find((word) => word.startsWith(`${option}=`));
  if (inline !== undefined) return inline.slice(option.length + 1);
  const at = words.indexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

interface Provider {
  readonly name?: string;
  readonly config?: Readonly<Record<string, string>> | null;
}

interface Plugin {
  readonly command?: string;
  readonly args?: readonly string[] | null;
}
