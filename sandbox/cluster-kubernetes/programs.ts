/** The programs of a real control plane, and where `npm run controlplane` keeps them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from '../kit/cache-directory.ts';

/** One row for each program: all versions of the real control plane stand here and in no other place. */
export const programs = {
  etcd: { version: '3.6.16', module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubectl: kubernetes('kubectl'),
  kwok: { version: '0.8.0', module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' },
  mic: podIdentity('mic'),
  nmi: podIdentity('nmi'),
} as const satisfies Record<string, GoProgram>;

export type ProgramName = keyof typeof programs;

export interface GoProgram {
  readonly version: string;
  /** Folder of scripts/controlplane/modules whose go.mod and go.sum pin everything that is compiled. */
  readonly module: string;
  readonly package: string;
  /** Variables of the program that its own build sets, too. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** What `--cluster kubernetes` starts. */
export const clusterPrograms = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
] as const satisfies readonly ProgramName[];

/** With the client that judges it. */
export const controlPlane = [...clusterPrograms, 'kubectl'] as const satisfies readonly ProgramName[];

/** Without these the server calls itself v0.0.0, and clients misjudge it. */
function kubernetes(command: string): GoProgram {
  const version = '1.36.3';
  const [major = '', minor = ''] = version.split('.');
  const places = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const variables = places.flatMap((place) => [
    [`${place}.gitVersion`, `v${version}`],
    [`${place}.gitMajor`, major],
    [`${place}.gitMinor`, minor],
  ]);
  return {
    version,
    module: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${command}`,
    variables: Object.fromEntries(variables) as Record<string, string>,
  };
}

function podIdentity(command: 'mic' | 'nmi'): GoProgram {
  const version = '1.8.17';
  return {
    version,
    module: 'pod-identity',
    package: `github.com/Azure/aad-pod-identity/cmd/${command}`,
    variables: { [`github.com/Azure/aad-pod-identity/version.${command.toUpperCase()}Version`]: `v${version}` },
  };
}

export function controlPlaneDirectory(): string {
  return path.join(cacheDirectory(), 'controlplane');
}

/** A folder for each version, so that the file has the program's own name. */
export function programFile(name: ProgramName): string {
  return path.join(controlPlaneDirectory(), `${name}-${programs[name].version}`, name);
}

export function missingPrograms(names: readonly ProgramName[]): readonly ProgramName[] {
  return names.filter((name) => !existsSync(programFile(name)));
}

/** The control plane was not built yet. */
export class NoControlPlaneError extends Error {
  override readonly name = 'NoControlPlaneError';

  constructor(missing: readonly string[]) {
    super(`--cluster kubernetes needs ${missing.join(', ')}: run "npm run controlplane" once (it needs Go).`);
  }
}
