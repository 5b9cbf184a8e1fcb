/** Which resources are served at the moment: the built-in ones, and those of established custom resource definitions. */
import type { KubeObject } from '../../contracts.ts';
import { recordsAt, stringAt, stringsAt, type Json } from './json.ts';
import { builtInResources, type ResourceInfo } from './resources.ts';

/** A custom resource with what its definition says about its objects. */
export interface CustomResource extends ResourceInfo {
  readonly definition: KubeObject;
  /** `spec.versions[]` of this version. */
  readonly versionSpec: Json;
}

export class Registry {
  readonly #custom = new Map<string, readonly CustomResource[]>();

  all(): ResourceInfo[] {
    return [...builtInResources, ...this.custom()];
  }

  custom(): CustomResource[] {
    return [...this.#custom.values()].flat();
  }

  find(group: string, version: string, plural: string): ResourceInfo | undefined {
    return this.all().find((info) => info.group === group && info.version === version && info.plural === plural);
  }

  findKind(apiVersion: string, kind: string): ResourceInfo | undefined {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    const version = apiVersion.slice(slash + 1);
    return this.all().find((info) => info.group === group && info.version === version && info.kind === kind);
  }

  /** By group and plural, any version: enough to know how its objects are stored. */
  findStored(group: string, plural: string): ResourceInfo | undefined {
    return this.all().find((info) => info.group === group && info.plural === plural);
  }

  isCustom(info: ResourceInfo): info is CustomResource {
    return 'definition' in info;
  }

  /** Begins (or goes on, with a newer definition) to serve a custom resource. */
  serve(definition: KubeObject): void {
    this.#custom.set(definition.metadata.name, resourcesOf(definition));
  }

  withdraw(definition: KubeObject): void {
    this.#custom.delete(definition.metadata.name);
  }
}

function resourcesOf(definition: KubeObject): CustomResource[] {
  const names = definition['spec'];
  return recordsAt(definition, 'spec', 'versions')
    .filter((version) => version['served'] === true)
    .map((versionSpec) => ({
      group: stringAt(definition, 'spec', 'group'),
      version: stringAt(versionSpec, 'name'),
      plural: stringAt(names, 'names', 'plural'),
      singular: stringAt(names, 'names', 'singular'),
      kind: stringAt(names, 'names', 'kind'),
      namespaced: stringAt(definition, 'spec', 'scope') === 'Namespaced',
      shortNames: stringsAt(names, 'names', 'shortNames'),
      categories: stringsAt(names, 'names', 'categories'),
      subresources: Object.keys((versionSpec['subresources'] as Json | undefined) ?? {}),
      definition,
      versionSpec,
    }));
}
