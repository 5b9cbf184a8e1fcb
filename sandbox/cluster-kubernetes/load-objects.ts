/** The objects that a scenario has in its cluster before the first run, written through the API. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeStatusError } from '../contracts.ts';
import type { ApiConnection } from './api-connection.ts';
import { pathOf } from './client.ts';
import { Discovery, type Served } from './discovery.ts';
import { refusalOf } from './refusal.ts';

interface ScenarioObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly status?: unknown;
  readonly items?: readonly ScenarioObject[];
  readonly [field: string]: unknown;
}

/** What follows a definition or a namespace may be refused for a moment. */
const patience = 10_000;

/** In the order given. Throws with the object's name. */
export async function loadObjects(
  connection: ApiConnection,
  objects: readonly Record<string, unknown>[],
): Promise<void> {
  const discovery = new Discovery(connection);
  for (const object of (objects as readonly ScenarioObject[]).flatMap(flattened)) {
    try {
      await load(connection, discovery, object);
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      const what = `${String(object.kind)} ${object.metadata?.name ?? ''}`;
      throw new Error(`The scenario's ${what} is refused: ${error.message}`, { cause: error });
    }
  }
}

/** A `List` stands for its items. */
function flattened(object: ScenarioObject): readonly ScenarioObject[] {
  return object.kind === 'List' && object.items ? object.items : [object];
}

async function load(connection: ApiConnection, discovery: Discovery, object: ScenarioObject): Promise<void> {
  const served = await patiently(() => discovery.findKind(object.apiVersion ?? '', object.kind ?? ''));
  const namespace = served.namespaced ? (object.metadata?.namespace ?? 'default') : undefined;
  await patiently(() => send(connection, 'POST', pathOf(served, namespace) + query, object));
  if (typeof object.status !== 'object' || object.status === null) return;
  await writeStatus(connection, `${pathOf(served, namespace, object.metadata?.name)}/status`, object.status, served);
}

const query = '?fieldManager=scenario&fieldValidation=Strict';

/** Kinds without a subresource `status` have their status already. */
async function writeStatus(connection: ApiConnection, path: string, status: object, { kind }: Served): Promise<void> {
  try {
    await send(connection, 'PATCH', path + query, { kind, status });
  } catch (error) {
    if (!(error instanceof KubeStatusError && error.status.code === 404)) throw error;
  }
}

async function send(connection: ApiConnection, method: 'POST' | 'PATCH', path: string, body: object): Promise<void> {
  const type = method === 'POST' ? 'application/json' : 'application/merge-patch+json';
  const answer = await connection.call(method, path, { body, type });
  if (answer.status >= 400) throw refusalOf(answer);
}

/** Again while the kind is not served yet, or its namespace has no service account yet. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const end = performance.now() + patience; ;) {
    try {
      return await work();
    } catch (error) {
      const isEarly = error instanceof KubeStatusError && (error.status.code === 404 || isWithoutAccount(error));
      if (!isEarly || performance.now() > end) throw error;
    }
    await sleep(50);
  }
}

function isWithoutAccount({ message }: KubeStatusError): boolean {
  return message.includes('no API token found') || message.includes('error looking up service account');
}
