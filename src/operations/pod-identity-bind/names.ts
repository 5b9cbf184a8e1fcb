import { createHash } from 'node:crypto';

/** Longest value of a label, and long enough for the name of a custom resource. */
const LONGEST = 63;

/**
 * Text as a name that Kubernetes takes (RFC 1123 label): lower case, everything else as `-`, at most 63 characters. Where
 * that loses something a short hash of the text follows, so that two texts never become the same name. Letter case is
 * no loss: Azure does not tell names apart by it.
 */
export function kubernetesName(text: string): string {
  const lower = text.toLowerCase();
  const plain = lower.replaceAll(/[^a-z0-9-]/g, '-').replaceAll(/^-+|-+$/g, '');
  if (plain === lower && plain.length <= LONGEST) return plain;
  const hash = createHash('sha256').update(lower).digest('hex').slice(0, 8);
  const kept = plain.slice(0, LONGEST - hash.length - 1).replace(/-+$/, '');
  return kept === '' ? hash : `${kept}-${hash}`;
}

export interface BindingNames {
  readonly azureIdentityName: string;
  readonly bindingName: string;
  /** Value of the label `aadpodidbinding`. */
  readonly selector: string;
}

/** What the user gave, and defaults made from the name of the identity for the rest. */
export function bindingNames(
  identityName: string,
  given: { readonly [Name in keyof BindingNames]: string | undefined },
): BindingNames {
  const azureIdentityName = given.azureIdentityName ?? kubernetesName(identityName);
  return {
    azureIdentityName,
    bindingName: given.bindingName ?? kubernetesName(`${azureIdentityName}-binding`),
    selector: given.selector ?? kubernetesName(`${azureIdentityName}-selector`),
  };
}
