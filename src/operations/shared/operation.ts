import type { ClusterName } from '../../azure/aks-cluster.ts';
import type { FleetInputs } from './fleet-inputs.ts';
import type { Services } from './services.ts';
import type { RunMode } from '../../engine/events.ts';
import type { Intent } from '../../engine/walk.ts';
import type { InputReader } from '../../inputs/input-reader.ts';

/** Inputs that every task has. */
export interface CommonInputs {
  readonly mode: RunMode;
  /** Id of the Azure service connection. */
  readonly azureSubscription: string;
  /** Budget for all waits, in milliseconds; in a fleet for those of each cluster. */
  readonly timeout: number;
  /** Where the plan goes as JSON; only tasks with this input have it. */
  readonly outputPlanFile?: string | undefined;
  /** Where the result goes as JUnit's XML; only tasks with this input have it. */
  readonly junitFile?: string | undefined;
  /** Where the run is for many clusters. */
  readonly fleet?: FleetInputs;
}

/** WHAT a task wants: it reads its inputs and says its intent; the engine does the rest. */
export interface Operation<Inputs extends CommonInputs, InputName extends string> {
  /** As in task.json: `AksRoleGrants`. */
  readonly name: string;
  /** Never changes anything, so it has no changeCount. */
  readonly readOnly?: true;
  /** Reads every input; problems are collected by the reader and reported by the caller. No request is made here. */
  readInputs(read: InputReader<InputName>): Inputs;
  /** Loads the code that says what the task wants and all that it needs: called while the first token is on its way. */
  load(): Promise<IntentOf<Inputs>>;
  /** The same inputs for one cluster of a fleet; only of tasks that have the input `clusters`. */
  readonly forCluster?: ForCluster<Inputs>;
}

/** Reads what is there and says what should be. Writes nothing. */
export type IntentOf<Inputs> = (inputs: Inputs, services: Services) => Promise<Intent>;

export type ForCluster<Inputs> = (inputs: Inputs, cluster: ClusterName) => Inputs;
