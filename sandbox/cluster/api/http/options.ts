/** Query parameters and headers of requests, read as the real server reads them. */
import { writeContext, type WriteContext } from '../core.ts';
import type { KubeStatusError } from '../../../contracts.ts';
import { badRequest, invalid } from '../errors.ts';
import type { ListOptions } from '../reads.ts';
import type { Call } from './server-context.ts';

export function listOptionsOf(query: URLSearchParams): ListOptions {
  const limit = query.get('limit');
  if (limit !== null && !/^\d+$/u.test(limit)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  }
  return {
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: query.get('fieldSelector') ?? undefined,
    limit: limit === null ? undefined : Number(limit),
    continue: query.get('continue') ?? undefined,
    resourceVersion: query.get('resourceVersion') ?? undefined,
  };
}

const VALIDATIONS = ['Strict', 'Warn', 'Ignore'] as const;

export function writeContextOf({ user, query, request }: Call): WriteContext {
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All')) throw unsupported(request.method, 'dryRun', dryRun, '"All"');
  const wanted = query.get('fieldValidation') ?? 'Warn';
  const fieldValidation = VALIDATIONS.find((value) => value === wanted);
  if (!fieldValidation) throw unsupported(request.method, 'fieldValidation', wanted, '"", "Ignore", "Strict", "Warn"');
  return writeContext(user, {
    dryRun: dryRun.length > 0,
    fieldManager: query.get('fieldManager') ?? managerOfAgent(request.headers['user-agent']),
    fieldValidation,
    force: query.get('force') === 'true' || query.get('force') === '1',
  });
}

const optionKinds: Readonly<Record<string, string>> = {
  POST: 'CreateOptions',
  PUT: 'UpdateOptions',
  PATCH: 'PatchOptions',
  DELETE: 'DeleteOptions',
};

function unsupported(method: string, field: string, value: unknown, supported: string): KubeStatusError {
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  const subject = { group: 'meta.k8s.io', plural: '', kind: optionKinds[method] ?? 'ListOptions' };
  return invalid(subject, '', [{ reason: 'FieldValueNotSupported', message, field }]);
}

/** Writers that do not name themselves are named by the first word of their User-Agent. */
function managerOfAgent(agent = ''): string {
  const [name = ''] = agent.split('/');
  return name === '' ? 'unknown' : name.slice(0, 128);
}
