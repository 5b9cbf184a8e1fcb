import type { HttpMethods, PipelineResponse } from '@azure/core-rest-pipeline';

/** What Azure Resource Manager counts by itself. Source: "Understand how Azure Resource Manager throttles requests". */
export type RequestKind = 'reads' | 'writes' | 'deletes';

export function kindOf(method: HttpMethods): RequestKind {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

/** The least that an answer says is left of any count that its request was in; undefined where it says nothing. */
export function remainingOf({ headers }: PipelineResponse, kind: RequestKind): number | undefined {
  const names = ['subscription', 'subscription-global', 'tenant'].map(
    (scope) => `x-ms-ratelimit-remaining-${scope}-${kind}`,
  );
  // The last one is Azure Resource Graph's.
  const said = [...names, 'x-ms-user-quota-remaining'].map((name) => headers.get(name));
  const numbers = said.filter((text) => text !== undefined && /^\d+$/.test(text)).map(Number);
  return numbers.length === 0 ? undefined : Math.min(...numbers);
}

/** Milliseconds after which Azure wants to be asked again, as it writes them in one way or another. */
export function pauseOf({ headers }: PipelineResponse, now: Date): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const milliseconds = numberIn(headers.get(name));
    if (milliseconds !== undefined) return milliseconds;
  }
  const retryAfter = headers.get('retry-after');
  const seconds = numberIn(retryAfter);
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(retryAfter ?? '');
  if (!Number.isNaN(date)) return Math.max(0, date - now.getTime());
  return resourceGraphPause(headers.get('x-ms-user-quota-resets-after'));
}

/** `hh:mm:ss` */
function resourceGraphPause(text: string | undefined): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+)/.exec(text ?? '') ?? [];
  if (seconds === undefined) return undefined;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}
