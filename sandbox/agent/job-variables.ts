/** The variables that the service and the agent set for a job (facts/azure-pipelines.md 1.1), for builds and classic releases. */
import path from 'node:path';
import process from 'node:process';
import type { Folders } from './folders.ts';
import type { AgentVariable } from './variables.ts';

export type HostType = 'build' | 'release';

/** What a job knows of the world around it. */
export interface JobFacts {
  readonly host: HostType;
  /** The organisation, with a trailing slash, e.g. `https://dev.azure.com/contoso/`. */
  readonly collectionUri?: string;
  readonly project?: { readonly name: string; readonly id: string };
  readonly planId?: string;
  readonly jobId?: string;
  /** Where a job exchanges its access token for an assertion. A classic release has none, whatever stands here. */
  readonly oidcRequestUri?: string;
  /** The job's access token: the secret variable System.AccessToken. */
  readonly accessToken?: string;
  readonly proxy?: Proxy;
  /** PEM file of certificate authorities that the agent was configured with: Agent.CAInfo. */
  readonly caFile?: string;
  readonly clientCertificate?: ClientCertificate;
  /** `config.sh --sslskipcertvalidation` */
  readonly skipCertificateValidation?: boolean;
  readonly stageName?: string;
  readonly jobName?: string;
}

/** How the agent was configured to reach the internet: `config.sh --proxyurl ...`. */
export interface Proxy {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Regular expressions of addresses to reach directly. */
  readonly bypass?: readonly string[];
}

/** Files that the agent was configured with (`config.sh --sslclientcert ...`), to show to servers that ask who is there. */
export interface ClientCertificate {
  /** PEM */
  readonly certificate?: string;
  /** PEM */
  readonly key?: string;
  /** PKCS #12 */
  readonly archive?: string;
  /** Of the key and of the archive. */
  readonly password?: string;
}

export const defaultCollection = 'https://dev.azure.com/sandbox/';

const noGuid = '00000000-0000-0000-0000-000000000000';
const operatingSystems: Partial<Record<NodeJS.Platform, string>> = { darwin: 'Darwin', win32: 'Windows_NT' };

export function jobVariables(facts: JobFacts, folders: Folders): readonly AgentVariable[] {
  const ofHost = facts.host === 'build' ? buildVariables(facts, folders) : releaseVariables(folders);
  const open = { ...agentVariables(facts, folders), ...systemVariables(facts, folders), ...ofHost };
  const variables: AgentVariable[] = Object.entries(open).map(([name, value]) => ({ name, value }));
  if (facts.accessToken) variables.push({ name: 'system.accessToken', value: facts.accessToken, secret: true });
  return [...variables, ...connectionVariables(facts)];
}

function agentVariables(facts: JobFacts, folders: Folders): Record<string, string> {
  return {
    'agent.id': '1',
    'agent.name': 'sandbox',
    'agent.machinename': 'sandbox',
    'agent.version': '5.271.0',
    'agent.os': operatingSystems[process.platform] ?? 'Linux',
    'agent.osarchitecture': process.arch.toUpperCase(),
    'agent.isselfhosted': '1',
    'agent.homedirectory': path.dirname(folders.work),
    'agent.rootdirectory': folders.work,
    'agent.workfolder': folders.work,
    'agent.tempdirectory': folders.temp,
    'agent.toolsdirectory': folders.tools,
    'agent.jobname': facts.jobName ?? 'Job',
    'agent.jobstatus': 'Succeeded',
    'agent.acceptteeeula': 'False',
  };
}

function systemVariables(facts: JobFacts, folders: Folders): Record<string, string> {
  const { collectionUri: collection = defaultCollection, planId = noGuid, jobId = noGuid } = facts;
  const { stageName = '__default', jobName = 'Job', project = { name: 'sandbox', id: noGuid } } = facts;
  return {
    'system.hosttype': facts.host,
    'system.culture': 'en-US',
    'system.collectionUri': collection,
    'system.teamFoundationCollectionUri': collection,
    'system.teamFoundationServerUri': collection,
    'system.teamProject': project.name,
    'system.teamProjectId': project.id,
    'system.planId': planId,
    'system.jobId': jobId,
    'system.timelineId': planId,
    'system.definitionId': '1',
    'system.stageName': stageName,
    'system.stageAttempt': '1',
    'system.phaseName': jobName,
    'system.phaseAttempt': '1',
    'system.jobName': jobName,
    'system.jobAttempt': '1',
    'system.defaultWorkingDirectory': folders.workingDirectory,
    'system.workFolder': folders.work,
    // Set by the service for YAML and classic builds; a classic release has no such variable (facts/azure-pipelines.md 5).
    ...(facts.host === 'build' && facts.oidcRequestUri ? { 'system.oidcRequestUri': facts.oidcRequestUri } : {}),
  };
}

function buildVariables(facts: JobFacts, folders: Folders): Record<string, string> {
  return {
    'build.buildId': '1',
    'build.buildNumber': '1',
    'build.definitionName': 'sandbox',
    'build.reason': 'Manual',
    'build.repository.name': facts.project?.name ?? 'sandbox',
    'build.repository.localPath': folders.sources,
    'build.sourceBranch': 'refs/heads/main',
    'build.sourceBranchName': 'main',
    'build.sourcesDirectory': folders.sources,
    'build.artifactStagingDirectory': folders.artifacts,
    'build.stagingDirectory': folders.artifacts,
    'build.binariesDirectory': folders.binaries,
  };
}

function releaseVariables(folders: Folders): Record<string, string> {
  return {
    'agent.releaseDirectory': folders.artifacts,
    'system.artifactsDirectory': folders.artifacts,
    'release.releaseId': '1',
    'release.releaseName': 'Release-1',
    'release.definitionId': '1',
    'release.definitionName': 'sandbox',
    'release.environmentId': '1',
    'release.environmentName': 'Release',
    'release.definitionEnvironmentId': '1',
    'release.deploymentId': '1',
    'release.attemptNumber': '1',
    'release.reason': 'Manual',
    'release.primaryArtifactSourceAlias': 'sources',
  };
}

/** Proxy and certificates; the agent never sets http_proxy for a task. */
function connectionVariables({
  caFile,
  skipCertificateValidation: skip,
  ...facts
}: JobFacts): readonly AgentVariable[] {
  const proxy: Partial<Proxy> = facts.proxy ?? {};
  const client: ClientCertificate = facts.clientCertificate ?? {};
  const settings: readonly (readonly [name: string, value: string | undefined, secret?: true])[] = [
    ['agent.cainfo', caFile],
    ['agent.clientcert', client.certificate],
    ['agent.clientcertkey', client.key],
    ['agent.clientcertarchive', client.archive],
    ['agent.clientcertpassword', client.password, true],
    ['agent.skipcertvalidation', skip ? 'True' : undefined],
    ['agent.proxyurl', proxy.url],
    ['agent.proxyusername', proxy.username],
    ['agent.proxypassword', proxy.password, true],
    ['agent.proxybypasslist', proxy.bypass && JSON.stringify(proxy.bypass)],
  ];
  return settings.flatMap(([name, value, secret = false]) => (value ? [{ name, value, secret }] : []));
}
