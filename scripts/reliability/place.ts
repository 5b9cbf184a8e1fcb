/**
 * A sandbox in which one cell of the table after the other is judged. It is as strict as a bank: a proxy with a password,
 * and servers that ask for a certificate, so that every run holds every secret that a run can hold.
 */
import { readFileSync } from 'node:fs';
import type { RunTaskOptions } from '../../sandbox/agent/index.ts';
import { chainIntercepts } from '../../sandbox/kit/faults.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Network } from '../../src/runtime/ports.ts';
import { Secret } from '../../src/runtime/secret.ts';
import type { ClientCertificateFiles } from '../../tests/support/client-certificate.ts';
import { clientCertificateFiles } from '../../tests/support/client-certificate.ts';
import { credentialCollector, pemBody, secretsOf } from '../../tests/support/collect.ts';
import { networkOf } from '../../tests/support/in-process.ts';
import type { KnownSecret } from '../../tests/support/leaks.ts';
import type { World } from '../../tests/support/world.ts';
import { startWorld } from '../../tests/support/world.ts';
import { reliabilityScenario } from './cases.ts';
import { Striker } from './striker.ts';

export interface Place {
  readonly world: World;
  readonly sandbox: Sandbox;
  readonly striker: Striker;
  /** The way out of runs in this process. */
  readonly network: Network;
  /** The same for packaged tasks. */
  readonly job: Pick<RunTaskOptions, 'proxy' | 'clientCertificate'>;
  /** Those of the world, and the credentials that were sent or handed out since {@link forget}. */
  readonly secrets: () => readonly KnownSecret[];
  readonly forget: () => void;
  close(): Promise<void>;
}

const credentials = { username: 'proxy-user', password: 'pr0xy-p4ssword/+' };

export async function openPlace(): Promise<Place> {
  const striker = new Striker();
  const collector = credentialCollector();
  const world = await startWorld({
    scenario: reliabilityScenario(),
    intercept: chainIntercepts(collector.intercept, striker.intercept),
    proxyCredentials: credentials,
    demandClientCertificates: true,
  });
  const files = await clientCertificateFiles(world.sandbox.authority);
  const { certificate, encryptedKey: key, password } = files;
  const own = [...secretsOf(world.sandbox), ...secretsOfNetwork(files)];
  return {
    world,
    sandbox: world.sandbox,
    striker,
    network: networkWith(world, files),
    job: {
      proxy: { url: world.sandbox.connection.proxy, ...credentials },
      clientCertificate: { certificate, key, password },
    },
    secrets: () => [...own, ...collector.seen()],
    forget: collector.forget,
    close: async () => {
      await world.stop();
      files.remove();
    },
  };
}

function networkWith({ sandbox }: World, files: ClientCertificateFiles): Network {
  const secret = (value: string): Secret => Secret.register(value, () => undefined);
  const { username, password } = credentials;
  return {
    ...networkOf(sandbox),
    proxyFor: () => ({ url: sandbox.connection.proxy, username, password: secret(password) }),
    clientCertificate: {
      form: 'pem',
      certificate: readFileSync(files.certificate, 'utf8'),
      key: secret(readFileSync(files.encryptedKey, 'utf8')),
      passphrase: secret(files.password),
    },
  };
}

function secretsOfNetwork({ key, encryptedKey, password }: ClientCertificateFiles): readonly KnownSecret[] {
  const lines = [key, encryptedKey].flatMap((file) => pemBody(readFileSync(file, 'utf8')));
  return [
    { name: "the proxy's password", value: credentials.password },
    { name: "the password of the agent's key", value: password },
    ...lines.map((value) => ({ name: "the agent's key", value })),
  ];
}
