import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { fieldsOf, jsonFields } from '../runtime/json.ts';
import { armFailure } from './arm-error.ts';
import { resourceGroupScope } from './resource-id.ts';
import type { AzureSession } from './session.ts';
import { clientOptions } from './session.ts';

/** A virtual machine scale set with the ids of the user-assigned identities on it, lower case. */
export interface ScaleSet {
  readonly name: string;
  readonly identities: readonly string[];
}

const PAGES = 20;

/**
 * The scale sets of a resource group. The SDK of Compute is 3 MB, and this is the only thing that is asked of it.
 * @throws DiagnosticError AZR001 without Microsoft.Compute/virtualMachineScaleSets/read
 */
export async function listScaleSets(
  session: AzureSession,
  subscriptionId: string,
  resourceGroup: string,
): Promise<readonly ScaleSet[]> {
  const { resourceManager } = session.connection.cloud;
  const scope = resourceGroupScope(subscriptionId, resourceGroup);
  const type = 'Microsoft.Compute/virtualMachineScaleSets';
  const found: ScaleSet[] = [];
  let url: string | undefined =
    `${resourceManager.replace(/\/+$/, '')}${scope}/providers/${type}?api-version=2024-07-01`;
  try {
    for (let page = 0; url !== undefined && page < PAGES; page += 1) {
      const { value, nextLink } = jsonFields(await get(session, url));
      if (Array.isArray(value)) found.push(...value.map(describeScaleSet));
      url = typeof nextLink === 'string' && nextLink !== '' ? nextLink : undefined;
    }
  } catch (error) {
    throw armFailure(error, `list the scale sets of resource group ${resourceGroup}`, new URL(resourceManager).host);
  }
  return found;
}

function describeScaleSet(body: unknown): ScaleSet {
  const { name, identity } = fieldsOf(body);
  const ids = Object.keys(fieldsOf(fieldsOf(identity)['userAssignedIdentities']));
  return { name: typeof name === 'string' ? name : '', identities: ids.map((id) => id.toLowerCase()) };
}

async function get(session: AzureSession, url: string): Promise<string> {
  const pipelines = await import('@azure/core-rest-pipeline');
  const { connection, credential, http } = session;
  const { userAgentOptions, retryOptions } = clientOptions(session);
  const pipeline = pipelines.createPipelineFromOptions({ userAgentOptions, retryOptions });
  const scopes = [`${connection.cloud.resourceManagerAudience}/.default`];
  pipeline.addPolicy(pipelines.bearerTokenAuthenticationPolicy({ credential, scopes }));
  const request = pipelines.createPipelineRequest({ url });
  const response: PipelineResponse = await pipeline.sendRequest(http, request);
  if (response.status === 200) return response.bodyAsText ?? '';
  throw new pipelines.RestError('refused', { statusCode: response.status, request, response });
}
