/**
 * The releases whose definitions are `apiextensions.k8s.io/v1`, newest first: earlier ones cannot be installed on
 * Kubernetes 1.22 or newer. The first is the last one before the project was archived.
 */
export const podIdentityVersions = [
  '1.8.17',
  '1.8.16',
  '1.8.15',
  '1.8.14',
  '1.8.13',
  '1.8.12',
  '1.8.11',
  '1.8.10',
  '1.8.9',
  '1.8.8',
  '1.8.7',
  '1.8.6',
  '1.8.5',
  '1.8.4',
  '1.8.3',
  '1.8.2',
  '1.8.1',
  '1.8.0',
] as const;

export type PodIdentityVersion = (typeof podIdentityVersions)[number];

export const lastVersion: PodIdentityVersion = podIdentityVersions[0];
