import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { fieldsOf, jsonFields } from '../runtime/json.ts';
import { networkFailure } from './network-failure.ts';
import { askPatiently } from './patience/ask-patiently.ts';
import type { Patience } from './patience/patience.ts';
import type { PlainAnswer } from './send.ts';

/** What an Azure Resource Manager says about its cloud, as far as a token needs it. */
export interface CloudMetadata {
  readonly authority: string;
  readonly resourceManagerAudience: string;
}

/**
 * Asks Azure Resource Manager of an Azure Stack Hub where its tokens come from; nobody needs a token for it. The version is
 * the one that every Stack answers (also asked for by the in-box tasks). @throws DiagnosticError CON004, CON009
 */
export async function readCloudMetadata(
  resourceManager: string,
  { get, patience }: { readonly get: (url: string) => Promise<PlainAnswer>; readonly patience: Patience },
): Promise<CloudMetadata> {
  const url = `${resourceManager}/metadata/endpoints?api-version=2015-01-01`;
  const question = { send: () => get(url), wrongWith: () => undefined };
  const { status, body } = await askPatiently(question, patience).catch((error: unknown) => {
    throw networkFailure(
      error,
      new URL(url).host,
      'ask the cloud of the service connection where its tokens come from',
    );
  });
  if (status === 200) return readAnswer(body, resourceManager);
  throw silent(resourceManager, `with status ${String(status)}`);
}

function readAnswer(body: string, resourceManager: string): CloudMetadata {
  const { loginEndpoint, audiences } = fieldsOf(jsonFields(body)['authentication']);
  const audience: unknown = Array.isArray(audiences) ? audiences[0] : undefined;
  if (typeof loginEndpoint !== 'string' || typeof audience !== 'string') {
    throw silent(resourceManager, 'without a loginEndpoint and audiences');
  }
  return { authority: loginEndpoint, resourceManagerAudience: audience };
}

function silent(resourceManager: string, how: string): DiagnosticError {
  return new DiagnosticError('CON009', {
    message: `${new URL(resourceManager).host} does not tell where its tokens come from: it answered /metadata/endpoints ${how}.`,
    fix: 'Verify the service connection in the project settings, so that it carries the authority and the audience of the cloud.',
  });
}
