import type { AksCluster } from '../../azure/aks-cluster.ts';
import type {
  AzureAssignedIdentity,
  AzureIdentity,
  AzureIdentityBinding,
  AzurePodIdentityException,
  KubeNode,
  NetworkPolicy,
  Pod,
} from '../../kube/shapes.ts';
import type { GrantFact } from '../facts.ts';
import type { Vault } from '../../azure/vault.ts';
import type { Looked } from './looked.ts';

/** What was asked: the part of the inputs that rules speak of. */
export interface DoctorQuestion {
  readonly namespace: string;
  /** Undefined: every pod of the namespace that carries the label aadpodidbinding. */
  readonly podSelector: string | undefined;
  /** Undefined: nobody asks about a vault. */
  readonly vaultName: string | undefined;
  readonly secretName: string | undefined;
  readonly now: Date;
}

/** MIC or NMI as its Deployment or DaemonSet says it should be. */
export interface ProgramSetup {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Of MIC: 0 where somebody scaled it down. */
  readonly replicas: number;
}

/** MIC or NMI with the pods that there are of it. */
export interface ProgramFact extends ProgramSetup {
  readonly pods: readonly Pod[];
}

/** The record in the Endpoints object that MICs elect their leader with. */
export interface LeaderFact {
  readonly holder: string;
  readonly renewed: Date | undefined;
}

/** Rights that an installed program lacks, as `list pods`. */
export interface RightsFact {
  readonly mic: readonly string[];
  readonly nmi: readonly string[];
}

/** What Azure says of the identity that an AzureIdentity names. */
export type AzureIdentityFact =
  { readonly found: true; readonly clientId: string; readonly objectId: string } | { readonly found: false };

/** A scale set with the identities that are on it, lower case. */
export interface ScaleSetFact {
  readonly name: string;
  readonly identities: readonly string[];
}

/** A role that AksRoleGrants would make, and whether MIC's identity has it or a wider one. */
export interface RoleFact {
  readonly roleName: string;
  readonly principal: string;
  readonly scopeLabel: string;
  readonly scope: string;
  readonly held: 'yes' | 'no' | 'perhaps';
}

export interface VaultAccessFact {
  readonly vault: Vault;
  /** By resource id of the pods' identity, lower case. */
  readonly grants: ReadonlyMap<string, GrantFact & { readonly objectId: string }>;
}

/** The last lines of a program's log, newest last. */
export interface LogFact {
  readonly pod: string;
  readonly node: string;
  readonly lines: readonly string[];
}

/** One look at the whole chain. Everything is optional: what nobody may see is unknown, and no guess takes its place. */
export interface DoctorFacts {
  readonly question: DoctorQuestion;
  readonly cluster: Looked<AksCluster>;
  /** The API server gave an answer. */
  readonly apiServer: Looked<true>;
  /** Plurals of the kinds of AAD Pod Identity that are served. */
  readonly served: Looked<ReadonlySet<string>>;
  readonly nodes: Looked<readonly KubeNode[]>;
  readonly pods: Looked<readonly Pod[]>;
  readonly mic: Looked<ProgramFact | undefined>;
  readonly nmi: Looked<ProgramFact | undefined>;
  readonly leader: Looked<LeaderFact | undefined>;
  readonly rights: Looked<RightsFact>;
  readonly exceptions: Looked<readonly AzurePodIdentityException[]>;
  readonly identities: Looked<readonly AzureIdentity[]>;
  readonly bindings: Looked<readonly AzureIdentityBinding[]>;
  readonly assigned: Looked<readonly AzureAssignedIdentity[]>;
  readonly policies: Looked<readonly NetworkPolicy[]>;
  /** By resource id, lower case. */
  readonly azureIdentities: Looked<ReadonlyMap<string, AzureIdentityFact>>;
  readonly scaleSets: Looked<readonly ScaleSetFact[]>;
  readonly roles: Looked<readonly RoleFact[]>;
  readonly vault: Looked<VaultAccessFact>;
  readonly micLog: Looked<LogFact | undefined>;
  readonly nmiLogs: Looked<readonly LogFact[]>;
  /** Of a pod of MIC or NMI that does not stay up: what its last try said. */
  readonly crashLogs: Looked<{ readonly mic: LogFact | undefined; readonly nmi: LogFact | undefined }>;
}

/** Every fact that may be unknown. */
export type FactName = Exclude<keyof DoctorFacts, 'question'>;
