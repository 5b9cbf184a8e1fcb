/** As a Secret of type service-account-token holds it: it does not expire during a run. */
import type { ApiConnection } from './api-connection.ts';
import { refusalOf } from './refusal.ts';

const YEAR = 365 * 24 * 60 * 60;

export async function serviceAccountToken(connection: ApiConnection, namespace: string, name: string): Promise<string> {
  const answer = await connection.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: YEAR } },
  });
  if (answer.status === 404) throw new Error(`There is no service account ${namespace}/${name} in the cluster.`);
  if (answer.status >= 400) throw refusalOf(answer);
  return (answer.body as { status: { token: string } }).status.token;
}
