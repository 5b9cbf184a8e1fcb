/** `POST .../serviceaccounts/{name}/token`: the TokenRequest API. */
import { authorize, timestamp, type Target } from '../core.ts';
import { invalid } from '../errors.ts';
import { FieldErrors } from '../field-errors.ts';
import { isRecord, recordAt, stringsAt } from '../json.ts';
import { existing } from '../reads.ts';
import type { Call } from './server-context.ts';
import { ISSUER } from './tokens.ts';

const SHORTEST = 600;
const LONGEST = 2 ** 32;

/** The body with `status.token` and `status.expirationTimestamp`. */
export async function issueToken(call: Call, target: Target, body: unknown): Promise<object> {
  const { core, tokens } = call.context;
  authorize(core, call.user, 'create', target);
  const account = existing(core, target);
  const given = isRecord(body) ? body : {};
  const spec = recordAt(given, 'spec');
  const seconds = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : 3600;
  checkLifetime(seconds, account.metadata.name);
  const wanted = stringsAt(spec, 'audiences');
  const audiences = wanted.length > 0 ? wanted : [ISSUER];
  const { name, namespace = '', uid = '' } = account.metadata;
  const { token, expires } = await tokens.issue({ namespace, name, uid, audiences, expirationSeconds: seconds });
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(core) },
    spec: { ...spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: expires.toISOString().replace(/\.\d+Z$/u, 'Z') },
  };
}

function checkLifetime(seconds: number, name: string): void {
  const errors = new FieldErrors();
  if (seconds < SHORTEST)
    errors.invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes');
  if (seconds > LONGEST)
    errors.invalid('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds');
  if (errors.causes.length > 0)
    throw invalid(
      { group: 'authentication.k8s.io', plural: 'tokenrequests', kind: 'TokenRequest' },
      name,
      errors.causes,
    );
}
