/** MIC's writes to AzureAssignedIdentity objects, each with the log line that the real one has. */
import { KubeStatusError, type ClusterClient, type KubeObject } from '../../contracts.ts';
import { recordEvent } from '../controllers/events.ts';
import { ignoringMissing } from '../controllers/objects.ts';
import { fullName } from './desired.ts';
import type { Klog } from './klog.ts';
import { FINALIZER, kinds, type AzureAssignedIdentity } from './kinds.ts';

export class AssignedIdentities {
  readonly #client: ClusterClient;
  readonly #log: Klog;

  constructor(client: ClusterClient, log: Klog) {
    this.#client = client;
    this.#log = log;
  }

  async create(one: AzureAssignedIdentity): Promise<void> {
    this.#log.info('crd.go:516', `creating assigned id ${fullName(one)}`);
    const metadata = { ...one.metadata, finalizers: [FINALIZER] };
    const object = { ...one, metadata, status: { ...one.status, status: 'Created' } };
    const { name, namespace } = one.metadata;
    // The two names are the wrong way round in the real program, too.
    await this.#guarded(
      this.#client.create(kinds.assigned, object),
      one,
      `create AzureAssignedIdentity ${name}/${namespace ?? ''}`,
    );
  }

  async update(one: AzureAssignedIdentity): Promise<void> {
    this.#log.info('crd.go:549', `updating assigned id ${fullName(one)}`);
    const object = { ...one, status: { ...one.status, status: 'Created' } };
    await this.#guarded(
      this.#client.update(kinds.assigned, object),
      one,
      `update AzureAssignedIdentity ${fullName(one)}`,
    );
  }

  /** False where it could not be written: said and logged. */
  async setStatus(one: AzureAssignedIdentity, status: 'Assigned' | 'Unassigned'): Promise<boolean> {
    this.#log.info('crd.go:769', `updating AzureAssignedIdentity ${fullName(one)} status to ${status}`);
    try {
      await this.#client.mergePatch(kinds.assigned, one, { status: { status } });
      return true;
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      const what = `failed to update AzureAssignedIdentity ${fullName(one)} status to ${status}`;
      const message = `${what} for pod ${podName(one)}, error: ${error.message}`;
      await this.event(one, 'Warning', 'status update error', message);
      this.#log.error('mic.go:1216', message);
      return false;
    }
  }

  async remove(one: AzureAssignedIdentity): Promise<void> {
    const { namespace, name } = one.metadata;
    try {
      await ignoringMissing(this.#client.delete(kinds.assigned, namespace, name));
      const left = await this.#client.get(kinds.assigned, namespace, name);
      if (left === undefined) return;
      const finalizers = (left.metadata.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
      await ignoringMissing(
        this.#client.update(kinds.assigned, { ...left, metadata: { ...left.metadata, finalizers } }),
      );
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      this.#log.error(
        'mic.go:1241',
        `failed to remove AzureAssignedIdentity ${fullName(one)}, error: ${error.message}`,
      );
    }
  }

  async event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): Promise<void> {
    const refusal = await recordEvent(this.#client, about, {
      type,
      reason,
      message,
      component: 'aadpodidentity.k8s.io',
    });
    if (refusal === undefined) return;
    this.#log.error('event.go:264', `Server rejected event '${reason}': '${refusal.message}' (will not retry!)`);
  }

  async #guarded(work: Promise<unknown>, one: AzureAssignedIdentity, what: string): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      const message = `failed to ${what} for pod ${podName(one)}, error: ${error.message}`;
      await this.event(one.spec.azureBindingRef, 'Warning', 'binding apply error', message);
      this.#log.error('mic.go:1062', message);
    }
  }
}

export function podName({ spec }: AzureAssignedIdentity): string {
  return `${spec.podNamespace}/${spec.pod}`;
}
