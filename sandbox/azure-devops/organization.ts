/** The Azure DevOps organisation of every scenario: its name, its project, and the jobs that run in it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { stableGuid } from '../scenario/ids.ts';

export const organization = { name: 'contoso', id: stableGuid('organization', 'contoso') };
export const project = { name: 'keyless-pods', id: stableGuid('project', 'contoso', 'keyless-pods') };

/** Who the service's id tokens are from. Azure DevOps publishes the keys under the organisation's id. */
export const issuer = `https://vstoken.dev.azure.com/${organization.id}`;

/** A running job: who has its access token may ask for tokens of service connections. */
export interface Job {
  readonly planId: string;
  readonly jobId: string;
  /** Opaque: the real one must not be decoded either. */
  readonly accessToken: string;
}

export function createJob(): Job {
  return { planId: randomUUID(), jobId: randomUUID(), accessToken: randomBytes(48).toString('base64url') };
}
