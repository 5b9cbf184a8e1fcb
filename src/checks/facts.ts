import type { Vault } from '../azure/vault.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ProofAnswer } from './gather/proof-answer.ts';

/** What was asked for: the part of the inputs that rules speak of. */
export interface Question {
  readonly namespace: string;
  /** As messages name it: `deployment/web`, `pods with app=web`. */
  readonly pods: string;
  readonly vaultName: string;
  /** Host name of the vault, without https:// */
  readonly vaultHost: string;
  /** What a token for Key Vault of this cloud is asked for. */
  readonly vaultAudience: string;
  readonly secretName: string;
  readonly secretVersion: string | undefined;
  readonly expectsValue: boolean;
}

/** The pod that is asked, or why there is none. */
export type PodFact =
  | {
      readonly found: true;
      readonly name: string;
      readonly node: string;
      readonly container: string;
      readonly hostNetwork: boolean;
      /** Label aadpodidbinding. */
      readonly bindingLabel: string | undefined;
    }
  | {
      readonly found: false;
      /** Name and node of a pod that is there, but cannot be asked yet. */
      readonly name?: string;
      readonly node?: string;
      readonly measured: string;
      /** Waiting changes nothing: the workload does not exist or wants no pods. */
      readonly hopeless: boolean;
    };

/** Which identity the pod should have. */
export type IdentityFact =
  /** The input clientId. `bound`: whether the bindings of the pod lead to it; undefined where they cannot be read. */
  | { readonly state: 'given'; readonly clientId: string; readonly bound: boolean | undefined }
  /** What the bindings for the pod's label lead to: one or more, the first answers where nobody chooses. */
  | { readonly state: 'bound'; readonly identities: readonly { readonly name: string; readonly clientId: string }[] }
  | { readonly state: 'unlabelled' }
  | { readonly state: 'unbound'; readonly label: string }
  | { readonly state: 'unknown'; readonly because: string };

/** What the proof in the pod said, or why there is nothing. */
export type ProofFact =
  /** `by`: the ephemeral container that asked, where it was not the container itself. */
  | { readonly state: 'answered'; readonly answer: ProofAnswer; readonly by?: string }
  /** The API server took no ephemeral container. */
  | { readonly state: 'notAdded'; readonly said: string; readonly fix: string }
  /** The ephemeral container did not come to its end. */
  | { readonly state: 'notEnded'; readonly container: string; readonly image: string; readonly said: string }
  | { readonly state: 'noShell'; readonly said: string }
  | { readonly state: 'forbidden'; readonly said: string }
  | { readonly state: 'broken'; readonly said: string };

/** Whether Azure lets the identity read the secret, as far as the connection may see. */
export type GrantFact =
  | { readonly state: 'granted'; readonly by: string }
  | { readonly state: 'none' }
  /** The only entry is for an application acting for a user. */
  | { readonly state: 'compound' }
  | { readonly state: 'unknown'; readonly because: string };

/** What Azure Resource Manager says of the vault; asked only after the vault said no. */
export type VaultFact =
  | { readonly known: true; readonly vault: Vault; readonly grant: GrantFact }
  | { readonly known: false; readonly because: string };

/** One look at everything. Later facts are absent where an earlier one made them pointless. */
export interface Facts {
  readonly question: Question;
  readonly pod: PodFact;
  readonly identity: IdentityFact | undefined;
  readonly proof: ProofFact | undefined;
  readonly vault: VaultFact | undefined;
  /** The pod is not asked again, whatever it said: each time would leave something behind. */
  readonly lastLook?: boolean;
  /** ISO 8601; for expiry dates. */
  readonly now: Date;
}

/** A failed check, and whether time may heal it. */
export interface Verdict {
  readonly diagnostic: Diagnostic;
  /** Milliseconds that waiting may help; 0 where it never will. Infinity: as long as the budget lasts. */
  readonly patience: number;
}
