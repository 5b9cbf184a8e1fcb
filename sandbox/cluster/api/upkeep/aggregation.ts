/** ClusterRoles with an aggregationRule get the rules of the roles that its selectors choose. */
import type { Core } from '../core.ts';
import { isRecord, recordsAt, same } from '../json.ts';
import { labelSelectorTest } from '../selectors.ts';

const KEY = 'clusterroles.rbac.authorization.k8s.io';

export function aggregateRoles(core: Core): void {
  const roles = core.store.list(KEY);
  for (const role of roles) {
    if (!isRecord(role['aggregationRule'])) continue;
    const tests = recordsAt(role, 'aggregationRule', 'clusterRoleSelectors').map(labelSelectorTest);
    const sources = roles.filter((other) => other !== role && tests.some((test) => test(other.metadata.labels ?? {})));
    const rules: object[] = [];
    for (const rule of sources.flatMap((source) => recordsAt(source, 'rules'))) {
      if (!rules.some((known) => same(known, rule))) rules.push(rule);
    }
    if (!same(recordsAt(role, 'rules'), rules)) core.store.put(KEY, { ...role, rules });
  }
}
