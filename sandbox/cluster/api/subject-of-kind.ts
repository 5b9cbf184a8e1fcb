/** The resource of an object by its apiVersion and kind. */
import type { Core } from './core.ts';
import { badRequest } from './errors.ts';
import { stringAt } from './json.ts';
import type { ResourceInfo } from './resources.ts';

/** @throws 400 in kubectl's words where the server does not know the kind */
export function subjectOfKind(core: Core, object: Readonly<Record<string, unknown>>): ResourceInfo {
  const apiVersion = stringAt(object, 'apiVersion');
  const kind = stringAt(object, 'kind');
  const info = core.registry.findKind(apiVersion, kind);
  if (!info) throw badRequest(`no matches for kind "${kind}" in version "${apiVersion}"`);
  return info;
}
