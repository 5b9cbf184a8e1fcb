/** What the API server serves: asked once for each group and version, and again where something is not known yet. */
import { KubeStatusError, type KubeResource } from '../contracts.ts';
import type { ApiConnection } from './api-connection.ts';

export interface Served {
  /** `/api/v1` or `/apis/<group>/<version>` */
  readonly root: string;
  readonly plural: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

export class Discovery {
  readonly #connection: ApiConnection;
  readonly #known = new Map<string, readonly Served[]>();

  constructor(connection: ApiConnection) {
    this.#connection = connection;
  }

  /** @throws KubeStatusError 404 */
  async find({ group, version, plural }: KubeResource): Promise<Served> {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return this.#served(apiVersion, (candidate) => candidate.plural === plural);
  }

  /** @throws KubeStatusError 404 */
  async findKind(apiVersion: string, kind: string): Promise<Served> {
    return this.#served(apiVersion, (candidate) => candidate.kind === kind);
  }

  /** Every collection that can be listed, each in its preferred version. */
  async everything(): Promise<readonly Served[]> {
    const { body } = await this.#connection.call('GET', '/apis');
    const { groups = [] } = body as { groups?: { preferredVersion: { groupVersion: string } }[] };
    const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
    const served = await Promise.all(versions.map((apiVersion) => this.#ask(apiVersion)));
    return served.flat().filter(({ verbs }) => verbs.includes('list'));
  }

  async #served(apiVersion: string, wanted: (candidate: Served) => boolean): Promise<Served> {
    const found = this.#known.get(apiVersion)?.find(wanted) ?? (await this.#ask(apiVersion)).find(wanted);
    if (found !== undefined) return found;
    const message = 'the server could not find the requested resource';
    throw new KubeStatusError({ code: 404, reason: 'NotFound', message });
  }

  async #ask(apiVersion: string): Promise<readonly Served[]> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { status, body } = await this.#connection.call('GET', root);
    if (status !== 200) return [];
    const { resources = [] } = body as ResourceList;
    const served = resources
      .filter(({ name }) => !name.includes('/'))
      .map(({ name: plural, kind, namespaced, verbs }) => ({ root, plural, apiVersion, kind, namespaced, verbs }));
    this.#known.set(apiVersion, served);
    return served;
  }
}
