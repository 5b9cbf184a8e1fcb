/** Finds the strategy of a kind. */
import type { Core } from '../core.ts';
import { storageKey, type ResourceInfo } from '../resources.ts';
import { coreStrategies } from './core-kinds.ts';
import { customStrategy } from './custom.ts';
import { definitionStrategies } from './definitions.ts';
import { rbacStrategies } from './rbac.ts';
import type { Strategy, StrategyParts } from './strategy.ts';
import { workloadStrategies } from './workloads.ts';

export function strategyOf(core: Core, info: ResourceInfo): Strategy {
  if (core.registry.isCustom(info)) return customStrategy(info);
  const key = storageKey(info);
  const parts: StrategyParts =
    coreStrategies[key] ??
    workloadStrategies[key] ??
    rbacStrategies(core, info)[key] ??
    definitionStrategies[key] ??
    {};
  return { countsGenerations: false, hasStatus: info.subresources.includes('status'), ...parts };
}
