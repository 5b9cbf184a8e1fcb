import type { CatalogueEntry } from './catalogue-entry.ts';
import { azure, clusters, fleets } from './catalogue-azure.ts';
import { checks } from './catalogue-checks.ts';
import { doctor } from './catalogue-doctor.ts';
import { grants, vaults } from './catalogue-grants.ts';
import { kubernetes } from './catalogue-kubernetes.ts';

export type { CatalogueEntry } from './catalogue-entry.ts';

const inputs = {
  INP001: {
    title: 'An input is missing or not allowed',
    cause: 'One or more inputs of the task are empty, malformed or contradict one another. Nothing was changed.',
    fix: 'Correct the inputs named in the message; each one says what was found and what is allowed.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const runs = {
  RUN001: {
    title: 'The task failed in a way it does not know',
    cause: 'This is a defect of the task, or an answer that it does not understand.',
    fix: 'Run the step again with the variable system.debug set to true and report the log with this code.',
  },
  RUN002: {
    title: 'The run was stopped',
    cause:
      'The pipeline was cancelled or the step ran into its time-out. What was written until then stays; a write that was under way may have taken effect or not.',
    fix: 'Run the step again: it goes on from what is there.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const connections = {
  CON001: {
    title: 'The service connection cannot be used',
    cause: 'The service connection uses a scheme that the task does not support, or lacks a value it needs.',
    fix: 'Use an Azure Resource Manager service connection with a service principal (secret or certificate), workload identity federation or a managed identity.',
  },
  CON002: {
    title: 'Microsoft Entra refused the credential of the service connection',
    cause:
      'The client id, the secret, the certificate or the tenant of the service connection is wrong, or the secret or certificate has expired.',
    fix: 'Verify the service connection in the project settings; renew its secret or certificate, or convert it to workload identity federation.',
  },
  CON003: {
    title: 'Azure DevOps gave no token for workload identity federation',
    cause: 'Azure DevOps refused to issue the token, or the agent does not say for which job it is to be issued.',
    fix: 'Run the step again; if it happens again, check that the pipeline may use the service connection.',
  },
  CON004: {
    title: 'The address cannot be reached',
    cause:
      'The name does not resolve, the connection was refused or cut, nobody answered in time, or the certificate is not trusted.',
    fix: 'Check the network of the agent: proxy (Agent.ProxyUrl and its bypass list), firewall, and the certificate authority (Agent.CAInfo).',
  },
  CON005: {
    title: 'The federated credential of the service connection does not match',
    cause: 'Microsoft Entra knows no federated credential with the issuer and subject that Azure DevOps presented.',
    fix: 'Open the service connection, compare issuer and subject with the federated credential of the app registration, and save it again.',
  },
  CON006: {
    title: 'The machine of the agent has no such managed identity',
    cause:
      'The service connection uses a managed identity, and the agent runs on a machine that is no virtual machine in Azure, or has not this identity.',
    fix: 'Run the job on a self-hosted agent in Azure with the identity assigned to its machine (Microsoft-hosted agents have none), or use workload identity federation.',
  },
  CON007: {
    title: 'The service connection has no subscription',
    cause:
      'The scope level of the service connection is a management group (or a workspace), and the task looks for clusters, identities and vaults in one subscription.',
    fix: 'Use a service connection with the scope level Subscription; the same service principal or managed identity may stand behind it.',
  },
  CON008: {
    title: 'A network setting of the agent cannot be used',
    cause:
      'A file that the agent was configured with cannot be read, its password is wrong, or the address of the proxy is none.',
    fix: 'Correct the setting that the message names: run config.sh of the agent again, or mend the file on its machine.',
  },
  CON009: {
    title: 'The cloud of the service connection cannot be used',
    cause:
      'The cloud was closed, does not offer the scheme of the service connection, or does not say where its tokens come from.',
    fix: 'Verify the service connection in the project settings; docs/connections.md says which schemes each cloud offers.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export const catalogue = {
  ...inputs,
  ...runs,
  ...connections,
  ...azure,
  ...clusters,
  ...fleets,
  ...grants,
  ...vaults,
  ...kubernetes,
  ...checks,
  ...doctor,
} as const;

export type DiagnosticCode = keyof typeof catalogue;
