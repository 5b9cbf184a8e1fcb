import type { GranteeChoice } from '../../azure/identity-lookup.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName, ClusterInputs, GrantInputName, GrantInputs } from '../shared/cluster-inputs.ts';
import { readCommonInputs, readGranteeChoice, readGrantInputs } from '../shared/cluster-inputs.ts';
import type { FleetInputName } from '../shared/fleet-inputs.ts';
import { readClusterTarget } from '../shared/fleet-inputs.ts';
import type { Preset } from '../shared/preset-roles.ts';
import type { GrantLine } from './grant-line.ts';
import { parseGrantLines } from './grant-lines.ts';

export interface AksRoleGrantsInputs extends ClusterInputs, GrantInputs {
  readonly identity: GranteeChoice;
  readonly preset: Preset;
  readonly grants: readonly GrantLine[];
  /** Of the service principal that the cluster runs with. */
  readonly principalObjectId: string | undefined;
}

export type AksRoleGrantsInputName =
  ClusterInputName | FleetInputName | GrantInputName | 'identity' | 'preset' | 'grants' | 'principalObjectId';

export function readAksRoleGrantsInputs(read: InputReader<AksRoleGrantsInputName>): AksRoleGrantsInputs {
  const preset = read.oneOf<Preset>('preset', ['podIdentity', 'podIdentityClassic', 'none']);
  const identity = readGranteeChoice(read);
  if (identity.by === 'controlPlane' && preset !== 'none')
    read.problem('preset', `is "${preset}"; allowed with the identity controlPlane, which no pod can use: none`);
  const { cluster, ...target } = readClusterTarget(read);
  return {
    ...readCommonInputs(read, { minutes: 10 }),
    ...cluster,
    ...target,
    ...readGrantInputs(read),
    identity,
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
