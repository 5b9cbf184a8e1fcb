/** Reads and writes objects of any kind, with the API server's own words where it refuses. */
import {
  ApiException,
  type KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from '@kubernetes/client-node';
import { labelOf, type Manifest } from './json.ts';

export class Objects {
  readonly #api: KubernetesObjectApi;

  /** Objects without a namespace go into that of the configuration's context. */
  constructor(config: KubeConfig) {
    this.#api = KubernetesObjectApi.makeApiClient(config);
  }

  async read(manifest: Manifest): Promise<Manifest | undefined> {
    const { apiVersion, kind, metadata } = manifest;
    const { name, namespace } = metadata;
    const header = { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
    try {
      return (await this.#api.read(header)) as unknown as Manifest;
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw inWords(error, manifest);
    }
  }

  async create(manifest: Manifest): Promise<void> {
    await this.#api.create(forClient(manifest)).catch((error: unknown) => {
      throw inWords(error, manifest);
    });
  }

  async patch(patch: Manifest, strategic: boolean): Promise<void> {
    const strategy = strategic ? PatchStrategy.StrategicMergePatch : PatchStrategy.MergePatch;
    const parameters = [undefined, undefined, undefined, undefined] as const;
    await this.#api.patch(forClient(patch), ...parameters, strategy).catch((error: unknown) => {
      throw inWords(error, patch);
    });
  }
}

/** A copy: the client writes a namespace into what it is given. */
function forClient(manifest: Manifest): KubernetesObject {
  return structuredClone(manifest);
}

/** The message of the Status object in place of the client's dump of the whole reply. */
function inWords(error: unknown, manifest: Manifest): unknown {
  if (!(error instanceof ApiException)) return error;
  return new Error(`${labelOf(manifest)}: ${messageOf(error.body)} (${String(error.code)})`, { cause: error });
}

function messageOf(body: unknown): string {
  if (typeof body !== 'string') return (body as { message?: string } | undefined)?.message ?? 'no message';
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
