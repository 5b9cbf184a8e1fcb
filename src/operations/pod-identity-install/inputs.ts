import type { InputReader } from '../../inputs/input-reader.ts';
import { matching, rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName, ClusterInputs, ClusterWay, ClusterWayInputName } from '../shared/cluster-inputs.ts';
import { readClusterInputs, readClusterWay } from '../shared/cluster-inputs.ts';
import type { ManifestOptions } from './manifests/manifest.ts';
import type { Toleration } from './manifests/toleration.ts';
import { parseToleration, tolerationForms } from './manifests/toleration.ts';
import { podIdentityVersions } from './manifests/versions.ts';

export interface PodIdentityInstallInputs extends ClusterInputs, ClusterWay, ManifestOptions {
  /** Remove although identities and bindings exist. */
  readonly force: boolean;
}

type InstallInputName =
  | 'version'
  | 'mode'
  | 'namespace'
  | 'namespaced'
  | 'allowKubenet'
  | 'imageRegistry'
  | 'imagePullSecret'
  | 'tolerations';

export type PodIdentityInstallInputName = ClusterInputName | InstallInputName | ClusterWayInputName | 'force';

/** As it stands before a repository: `registry.example.com:5000/mirror`. */
const registry = matching(
  /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)*[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/,
  'the host of a registry, with port and path if need be, without https:// (registry.example.com/mirror)',
);

export function readPodIdentityInstallInputs(read: InputReader<PodIdentityInstallInputName>): PodIdentityInstallInputs {
  const installMode = read.oneOf('mode', ['standard', 'managed']);
  return {
    ...readClusterInputs(read, { minutes: 10 }),
    ...readClusterWay(read),
    version: read.oneOf('version', podIdentityVersions),
    installMode,
    namespace: read.withDefault('namespace', 'default', rules.namespace),
    namespaced: read.boolean('namespaced') || installMode === 'managed',
    allowKubenet: read.boolean('allowKubenet'),
    imageRegistry: read.optional('imageRegistry', registry),
    imagePullSecret: read.optional('imagePullSecret', rules.objectName),
    tolerations: readTolerations(read),
    force: read.boolean('force'),
  };
}

function readTolerations(read: InputReader<PodIdentityInstallInputName>): readonly Toleration[] {
  return read.lines('tolerations').flatMap(({ text, line }) => {
    const toleration = parseToleration(text);
    if (!toleration) read.problem('tolerations', `has in line ${String(line)} "${text}"; allowed: ${tolerationForms}`);
    return toleration ? [toleration] : [];
  });
}
