/** The files of a new task. They work as they are: the task reads its cluster and says where its nodes are. */
import { randomUUID } from 'node:crypto';
import type { TaskInput, TaskJson } from '../lint-extension/task-json.ts';

export interface NewTask {
  /** `KeyVaultReport` */
  readonly name: string;
  /** `Report on a Key Vault` */
  readonly friendlyName: string;
}

/** `KeyVaultReport` is `key-vault-report`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

/** `KeyVaultReport` is `keyVaultReport`. */
export function camelCase(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** @param like a task with the common inputs, whose words are taken over */
export function taskJson({ name, friendlyName }: NewTask, like: TaskJson): object {
  const common = ['azureSubscription', 'action', 'resourceGroup', 'clusterName', 'timeoutInMinutes'];
  const outputs = [
    { name: 'nodeResourceGroup', description: "Name of the resource group that holds the cluster's nodes." },
    { name: 'changeCount', description: 'Number of changes that the task made (in a preview: would make).' },
  ];
  return {
    ...like,
    id: randomUUID(),
    name,
    friendlyName,
    description: friendlyName,
    helpMarkDown: `${friendlyName}.`,
    instanceNameFormat: `${friendlyName} on $(clusterName)`,
    groups: like.groups.filter((group) => ['cluster', 'advanced'].includes(group.name)),
    inputs: like.inputs.filter((input) => common.includes(input.name)),
    dataSourceBindings: (like.dataSourceBindings ?? []).filter(({ target }) => common.includes(target)),
    outputVariables: outputs,
    restrictions: { settableVariables: { allowed: outputs.map((output) => output.name) } },
  };
}

export function entry({ name }: NewTask): string {
  return `import { runTask } from '../../../src/host/run-task.ts';
import { ${camelCase(name)} } from '../../../src/operations/${kebabCase(name)}/operation.ts';

void runTask(${camelCase(name)});
`;
}

export function inputsModule({ name }: NewTask): string {
  return `import type { InputReader } from '../../inputs/input-reader.ts';
import type { ClusterInputName, ClusterInputs } from '../shared/cluster-inputs.ts';
import { readClusterInputs } from '../shared/cluster-inputs.ts';

export type ${name}Inputs = ClusterInputs;

export type ${name}InputName = ClusterInputName;

export function read${name}Inputs(read: InputReader<${name}InputName>): ${name}Inputs {
  return readClusterInputs(read, { minutes: 10 });
}
`;
}

export function operationModule({ name, friendlyName }: NewTask): string {
  return `import { preload } from '../../azure/preload.ts';
import type { Operation } from '../shared/operation.ts';
import type { ${name}InputName, ${name}Inputs } from './inputs.ts';
import { read${name}Inputs } from './inputs.ts';

/** ${friendlyName}. */
export const ${camelCase(name)}: Operation<${name}Inputs, ${name}InputName> = {
  name: '${name}',
  readInputs: read${name}Inputs,
  load: async () => {
    const [{ ${camelCase(name)}Intent }] = await Promise.all([import('./intent.ts'), preload('clusters')]);
    return ${camelCase(name)}Intent;
  },
};
`;
}

export function intentModule({ name }: NewTask): string {
  return `import { readCluster } from '../../azure/aks-cluster.ts';
import type { IntentOf } from '../shared/operation.ts';
import type { ${name}Inputs } from './inputs.ts';

export const ${camelCase(name)}Intent: IntentOf<${name}Inputs> = async (inputs, { azure }) => {
  const cluster = await readCluster(azure, inputs);
  return { mode: inputs.mode, goals: [], waits: [], outputs: { nodeResourceGroup: cluster.nodeResourceGroup } };
};
`;
}

export function document({ name, friendlyName }: NewTask, { inputs, outputVariables }: TaskJson): string {
  const example = (last: string): string =>
    `\`\`\`yaml\n- task: ${name}@1\n  inputs:\n    azureSubscription: azure-conn\n    resourceGroup: my-group\n    clusterName: my-aks\n${last}\`\`\``;
  return `# ${name}@1: ${friendlyName}

## Inputs

| input | type | required | default | meaning |
| --- | --- | --- | --- | --- |
${inputs.map(inputRow).join('\n')}

## Output variables

| variable | meaning |
| --- | --- |
${outputVariables.map((output) => `| \`${output.name}\` | ${output.description} |`).join('\n')}

## Examples

${example('')}

Print the plan and write nothing:

${example('    action: preview\n')}
`;
}

function inputRow({ name, type, required, defaultValue, helpMarkDown }: TaskInput): string {
  const shown = defaultValue === undefined ? '' : `\`${String(defaultValue)}\``;
  return `| \`${name}\` | ${type} | ${required ? 'yes' : ''} | ${shown} | ${helpMarkDown} |`;
}

/** An empty pod on a grey ground, until somebody draws something better. */
export function icon({ name }: NewTask): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">
  <rect width="32" height="32" rx="7" fill="#5c6773"/>
  <!-- draw what ${name} does -->
  <path d="M16 6 25 11 V21 L16 26 7 21 V11 Z" fill="none" stroke="#fff" stroke-width="3" stroke-linejoin="round"/>
</svg>
`;
}
