/**
 * Causes that AAD Pod Identity's own issues and documents tell of: each spoils a chain that works, and writes no symptom.
 * What MIC, NMI, Azure and the API server make of it is theirs.
 */
import { atCluster } from './at-cluster.ts';
import { binding } from './binding.ts';
import type { Cause } from './cause.ts';
import { atVault, inAzure } from './in-azure.ts';
import { installing } from './installing.ts';
import { pods } from './pods.ts';

export const causes: readonly Cause[] = [...installing, ...binding, ...pods, ...inAzure, ...atVault, ...atCluster];
