import type { DoctorRule } from '../rule.ts';
import { exceptionsRule, rightsRule } from './access.ts';
import { assignedRule, scaleSetRule, staleAssignmentsRule } from './assignment.ts';
import { apiServerRule, clusterStateRule, connectionRule } from './cluster.ts';
import { azureIdentityRule, bindingRule, identityObjectRule, uniqueIdentityRule } from './identity.ts';
import { definitionsRule, micRule, versionsRule } from './installation.ts';
import { micLogRule, nmiLogRule } from './logs.ts';
import { nmiRule } from './nmi.ts';
import { labelRule, podNetworkRule, podsRule } from './pods.ts';
import { policiesRule } from './policies.ts';
import { rolesRule } from './roles.ts';
import { vaultGrantRule, vaultNetworkRule, vaultRule } from './vault.ts';

/** In the order in which one link builds on the other: of two causes the first is the root. */
export const doctorRules: readonly DoctorRule[] = [
  connectionRule,
  clusterStateRule,
  apiServerRule,
  definitionsRule,
  versionsRule,
  podsRule,
  podNetworkRule,
  labelRule,
  bindingRule,
  uniqueIdentityRule,
  identityObjectRule,
  azureIdentityRule,
  rightsRule,
  exceptionsRule,
  micRule,
  nmiRule,
  policiesRule,
  rolesRule,
  micLogRule,
  staleAssignmentsRule,
  assignedRule,
  scaleSetRule,
  nmiLogRule,
  vaultRule,
  vaultGrantRule,
  vaultNetworkRule,
];
