import type { Vault } from '../../azure/vault.ts';
import { vaultContents } from '../../azure/vault-permissions.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Presence } from '../../engine/resource.ts';
import type { Settlement, Wait } from '../../engine/settle.ts';
import { heldBy, missingFrom, plainEntry } from './compare.ts';
import type { VaultAccessPolicySpec } from './spec.ts';

interface WrittenPolicy {
  readonly spec: VaultAccessPolicySpec;
  readonly wanted: Presence;
}

/**
 * Waits until reading the vault shows what this run changed in its access policies. A vault decides by what it shows;
 * what was there before the run needs no request.
 */
export function policiesShown(
  written: readonly WrittenPolicy[],
  read: (spec: VaultAccessPolicySpec) => Promise<Vault>,
): Wait {
  return {
    what: 'the key vault to show the access policy',
    measure: () => measure(written, read),
    timedOut: (measured) => diagnostic('KVT006', { message: `The access policy is not shown: ${measured}.` }),
  };
}

async function measure(
  written: readonly WrittenPolicy[],
  read: (spec: VaultAccessPolicySpec) => Promise<Vault>,
): Promise<Settlement> {
  const [policy] = written;
  if (!policy) return { state: 'settled', measured: 'nothing was changed' };
  const { spec, wanted } = policy;
  const vault = await read(spec);
  if (wanted === 'present' && vault.model === 'rbac') {
    const message = `The key vault ${vault.name} uses Azure RBAC now: the access policy of ${spec.principalLabel} does not count.`;
    return { state: 'hopeless', diagnostic: diagnostic('KVT007', { message }) };
  }
  const entry = plainEntry(vault.policies, spec.principalId);
  const open = vaultContents.flatMap((content) => {
    const names = wanted === 'present' ? missingFrom(entry, spec, content) : heldBy(entry, spec, content);
    return names.length === 0 ? [] : [`${content} ${names.join(', ')}`];
  });
  if (open.length === 0) return { state: 'settled', measured: 'as written' };
  return { state: 'waiting', measured: `${wanted === 'present' ? 'not yet' : 'still'} ${open.join('; ')}` };
}
