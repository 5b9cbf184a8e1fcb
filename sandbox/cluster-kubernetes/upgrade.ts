/** Upgrade requests (exec, attach, port-forward) to the front: recorded, and handed on. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ClusterOptions } from '../contracts.ts';
import { described } from '../kit/http-server.ts';
import { forwardUpgrade, type Agents } from './front.ts';

interface UpgradeOptions {
  /** Of the server, for the request log. */
  readonly name: string;
  readonly port: number;
  readonly agents: Agents;
  readonly record: ClusterOptions['record'];
}

export function upgradeHandler(
  options: UpgradeOptions,
): (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (incoming, socket, head) => {
    socket.on('error', () => socket.destroy());
    void carryOut(options, { incoming, socket, head });
  };
}

async function carryOut(
  { name, port, agents, record }: UpgradeOptions,
  upgrade: { readonly incoming: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
): Promise<void> {
  const started = performance.now();
  const note = (outcome: { readonly status: number; readonly caller?: string }): void => {
    const milliseconds = Math.round(performance.now() - started);
    record({ ...described(upgrade.incoming), server: name, ...outcome, milliseconds });
  };
  try {
    note(await forwardUpgrade(port, agents, upgrade));
  } catch {
    note({ status: 0 });
    upgrade.socket.destroy();
  }
}
