import type { IdentityChoice } from '../../azure/identity-lookup.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName, ClusterInputs } from '../shared/cluster-inputs.ts';
import { readClusterInputs, readIdentityChoice } from '../shared/cluster-inputs.ts';
import type { GrantLine } from './grant-line.ts';
import { parseGrantLines } from './grant-lines.ts';

export type Preset = 'podIdentity' | 'podIdentityClassic' | 'none';

export interface AksRoleGrantsInputs extends ClusterInputs {
  readonly identity: IdentityChoice;
  readonly preset: Preset;
  readonly grants: readonly GrantLine[];
  /** Of the service principal that the cluster runs with. */
  readonly principalObjectId: string | undefined;
}

export type AksRoleGrantsInputName = ClusterInputName | 'identity' | 'preset' | 'grants' | 'principalObjectId';

export function readAksRoleGrantsInputs(read: InputReader<AksRoleGrantsInputName>): AksRoleGrantsInputs {
  const preset = read.oneOf<Preset>('preset', ['podIdentity', 'podIdentityClassic', 'none']);
  return {
    ...readClusterInputs(read, { minutes: 10 }),
    identity: readIdentityChoice(read),
    preset,
    grants: readGrants(read),
    principalObjectId: read.optional('principalObjectId', rules.guid),
  };
}

function readGrants(read: InputReader<'grants'>): readonly GrantLine[] {
  return parseGrantLines(read.lines('grants'), (text) => {
    read.problem('grants', text);
  });
}
