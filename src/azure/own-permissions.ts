import type { AuthorizationManagementClient } from '@azure/arm-authorization';

interface Permission {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
}

/**
 * Whether the caller's own roles carry the action at the scope, conditions aside: Azure's permissions read, which is
 * open to everyone. Undefined where it gives no answer.
 */
export async function mayDo(
  client: AuthorizationManagementClient,
  question: { readonly endpoint: string; readonly scope: string; readonly action: string },
): Promise<boolean | undefined> {
  const { endpoint, scope, action } = question;
  const url = `${endpoint.replace(/\/+$/, '')}${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  try {
    const { createPipelineRequest } = await import('@azure/core-rest-pipeline');
    const { status, bodyAsText } = await client.sendRequest(createPipelineRequest({ url }));
    if (status !== 200) return undefined;
    const { value = [] } = JSON.parse(bodyAsText ?? '{}') as { value?: readonly Permission[] };
    return value.some(({ actions, notActions }) => matchesAny(actions, action) && !matchesAny(notActions, action));
  } catch {
    // The refusal that is being explained is worth more than a failure to explain it.
    return undefined;
  }
}

function matchesAny(patterns: readonly string[] = [], action: string): boolean {
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(action),
  );
}
