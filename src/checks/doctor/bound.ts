import { parseResourceId } from '../../azure/resource-id.ts';
import type { AzureIdentity, AzureIdentityBinding, Pod } from '../../kube/shapes.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import type { ProgramFact, ProgramSetup } from './facts.ts';

/** The label by which AAD Pod Identity matches pods with bindings. */
export const BINDING_LABEL = 'aadpodidbinding';

/** A binding for a pod's label with the AzureIdentity that it names, where there is one. */
export interface Bound {
  readonly binding: AzureIdentityBinding;
  readonly identity: AzureIdentity | undefined;
}

export function bindingLabel({ metadata }: Pod): string {
  return metadata.labels?.[BINDING_LABEL] ?? '';
}

/** Bindings whose selector is one of the labels, each with the identity of its own namespace that it names. */
export function boundTo(
  pods: readonly Pod[],
  bindings: readonly AzureIdentityBinding[],
  identities: readonly AzureIdentity[],
): readonly Bound[] {
  const labels = new Set(pods.map(bindingLabel).filter((label) => label !== ''));
  return bindings
    .filter(({ spec }) => labels.has(spec?.selector ?? ''))
    .map((binding) => ({
      binding,
      identity: identities.find(
        ({ metadata }) =>
          metadata.name === binding.spec?.azureIdentity && metadata.namespace === binding.metadata.namespace,
      ),
    }));
}

/** The identities of the pods, each once. */
export function identitiesOf(bound: readonly Bound[]): readonly AzureIdentity[] {
  return [...new Set(bound.flatMap(({ identity }) => (identity ? [identity] : [])))];
}

export function resourceIdOf({ spec }: AzureIdentity): string {
  return (spec?.resourceID ?? '').toLowerCase();
}

/** As the input `identity` of our tasks names it: `resourceGroup/name`. */
export function identityInput(resourceId: string): string {
  const id = parseResourceId(resourceId);
  return id ? `${id.resourceGroup}/${id.name}` : resourceId;
}

/** The last part of the resource id. */
export function nameInAzure({ spec }: AzureIdentity): string {
  return spec?.resourceID?.split('/').at(-1) ?? '';
}

/** Whether pod, binding and identity have to be in one namespace. */
export function isNamespaced(program: ProgramFact | undefined, identity: AzureIdentity | undefined): boolean {
  if (!program) return identityIsNamespaced(identity);
  return (
    flag(program, 'forceNamespaced') === 'true' ||
    program.env['FORCENAMESPACED'] === 'true' ||
    identityIsNamespaced(identity)
  );
}

function identityIsNamespaced(identity: AzureIdentity | undefined): boolean {
  const behavior = identity?.metadata.annotations?.['aadpodidentity.k8s.io/Behavior'];
  return behavior !== undefined && sameIgnoringCase(behavior, 'namespaced');
}

/** Value of a flag of a Go program: `--name=value`, `--name value`, or `true` where it stands alone. */
export function flag({ args }: Pick<ProgramSetup, 'args'>, name: string): string | undefined {
  for (const [index, word] of args.entries()) {
    const [, found, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (found !== name) continue;
    const next = args[index + 1];
    return value ?? (next === undefined || next.startsWith('-') ? 'true' : next);
  }
  return undefined;
}

/** NMI without MIC: the identities are put on the nodes by somebody else. */
export function isManaged(nmi: ProgramFact | undefined): boolean {
  return nmi !== undefined && flag(nmi, 'operation-mode')?.toLowerCase() === 'managed';
}

export function place({
  metadata,
}: {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
