/** The article's pipeline as its author wrote it: the scripts of its AzureCLI@2 steps, letter for letter. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** The folder of the pipeline and of the manifests that its first script edits. */
export const articleFolder: string = path.join(import.meta.dirname, '../../examples/before');

interface Step {
  readonly task?: string;
  readonly inputs?: { readonly inlineScript?: string };
}

interface Pipeline {
  readonly stages: readonly {
    readonly jobs: readonly {
      readonly strategy: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
    }[];
  }[];
}

/** What the three scripts do, in the order of the pipeline. */
export interface ArticleBlocks {
  /** Reads the names and ids of cluster and identity into a manifest. */
  readonly findAndReplace: string;
  /** Makes five role assignments. */
  readonly assignRoles: string;
  /** Makes an access policy of the vault. */
  readonly openVault: string;
}

/** @throws Error where the pipeline has other than three such steps */
export function articleBlocks(): ArticleBlocks {
  const pipeline = parse(readFileSync(path.join(articleFolder, 'aks-mi-kv-pipeline.yml'), 'utf8')) as Pipeline;
  const steps = pipeline.stages.flatMap(({ jobs }) => jobs).flatMap(({ strategy }) => strategy.runOnce.deploy.steps);
  const scripts = steps.filter(({ task }) => task === 'AzureCLI@2').map(({ inputs }) => inputs?.inlineScript ?? '');
  const [findAndReplace, assignRoles, openVault, ...more] = scripts;
  if (findAndReplace === undefined || assignRoles === undefined || openVault === undefined || more.length > 0) {
    throw new Error(`The article's pipeline has ${String(scripts.length)} AzureCLI@2 steps, not three.`);
  }
  return { findAndReplace, assignRoles, openVault };
}
