/** Query parameters and headers of requests, read as the real server reads them. */
import { writeContext, type WriteContext } from '../core.ts';
import { badRequest } from '../errors.ts';
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
  if (dryRun.some((value) => value !== 'All')) {
    throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(dryRun[0])}: supported values: "All"`);
  }
  const wanted = query.get('fieldValidation') ?? 'Warn';
  const fieldValidation = VALIDATIONS.find((value) => value === wanted);
  if (!fieldValidation)
    throw badRequest(
      `fieldValidation: Unsupported value: ${JSON.stringify(wanted)}: supported values: "", "Ignore", "Strict", "Warn"`,
    );
  return writeContext(user, {
    dryRun: dryRun.length > 0,
    fieldManager: query.get('fieldManager') ?? managerOfAgent(request.headers['user-agent']),
    fieldValidation,
    force: query.get('force') === 'true' || query.get('force') === '1',
  });
}

/** Writers that do not name themselves are named by the first word of their User-Agent. */
function managerOfAgent(agent = ''): string {
  const [name = ''] = agent.split('/');
  return name === '' ? 'unknown' : name.slice(0, 128);
}
