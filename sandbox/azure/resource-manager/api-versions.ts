/** Which api-versions each resource type accepts. Sources: the SDKs in package.json, az 2.91, the specifications. */
import type { ApiVersions } from './route.ts';

const range = (first: string, last: string, ...named: readonly string[]): ApiVersions => ({ first, last, named });

export const versions = {
  subscriptions: range('2014-04-01', '2022-12-01', '2022-12-01', '2021-04-01', '2019-11-01', '2016-06-01'),
  resources: range('2014-04-01', '2025-04-01', '2025-04-01', '2024-11-01', '2022-09-01', '2021-04-01'),
  managedClusters: range('2020-09-01', '2026-06-02', '2026-06-01', '2026-04-01', '2024-02-01', '2020-09-01'),
  clusterOperations: range('2016-03-30', '2026-06-02', '2026-04-01', '2016-03-30'),
  identities: range('2015-08-31', '2025-05-31', '2025-05-31-preview', '2024-11-30', '2023-01-31', '2018-11-30'),
  federatedCredentials: range('2022-01-31', '2025-05-31', '2025-05-31-preview', '2024-11-30', '2023-01-31'),
  roleAssignments: range('2015-07-01', '2026-08-01', '2022-04-01', '2020-04-01-preview', '2015-07-01'),
  denyAssignments: range('2018-07-01', '2026-08-01', '2022-04-01', '2018-07-01-preview'),
  locks: range('2015-01-01', '2020-05-01', '2020-05-01', '2017-04-01', '2016-09-01'),
  managementGroups: range('2017-11-01', '2023-04-01', '2023-04-01', '2021-04-01', '2020-05-01'),
  roleDefinitions: range('2015-07-01', '2026-08-01', '2022-05-01-preview', '2022-04-01', '2018-01-01-preview'),
  permissions: range('2015-07-01', '2026-08-01', '2022-05-01-preview', '2022-04-01', '2018-01-01-preview'),
  vaults: range('2015-06-01', '2026-02-01', '2026-02-01', '2025-05-01', '2023-07-01', '2019-09-01'),
  resourceGraph: range('2018-09-01', '2024-04-01', '2024-04-01', '2022-10-01', '2021-03-01', '2019-04-01'),
  scaleSets: range('2019-12-01', '2025-11-01', '2025-04-01', '2024-07-01', '2019-12-01'),
} as const;

const form = /^\d{4}-\d{2}-\d{2}(-preview)?$/;

export function isSupported(version: string, { first, last }: ApiVersions): boolean {
  const day = version.slice(0, 10);
  return form.test(version) && day >= first && day <= last;
}
