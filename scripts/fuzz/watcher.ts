/** Sees where the requests of a run go and what they carry, and changes the answers that it is told to change. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Intercept, InterceptEvent, SandboxResponse } from '../../sandbox/kit/http-server.ts';

/** A server that takes longer than all looks together has lost the request. */
const LOOKS = 200;
const LOOK = 5;

export type Answered = InterceptEvent & { readonly phase: 'after' };

/** Undefined where the answer stays as it is. */
export type Change = (event: Answered) => SandboxResponse | undefined;

export class Watcher {
  readonly #hosts = new Set<string>();
  readonly #tokenHosts = new Set<string>();
  #change: Change | undefined;
  #happened = 0;
  #open = 0;

  readonly intercept: Intercept = (event) => {
    this.#happened += 1;
    // The proxy is asked for tunnels, which stay.
    if (event.server !== 'proxy') this.#open += event.phase === 'after' ? -1 : 1;
    if (event.phase === 'after') return event.server === 'proxy' ? undefined : this.#change?.(event);
    this.#hosts.add(event.server === 'proxy' ? proxied(event.path) : event.host);
    if (event.headers.authorization !== undefined) this.#tokenHosts.add(event.host);
    return undefined;
  };

  begin(change?: Change): void {
    this.#hosts.clear();
    this.#tokenHosts.clear();
    this.#change = change;
  }

  /** Waits for requests that the run gave up and that a server still works on: they are not of the next case. */
  async settled(): Promise<void> {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const before = this.#happened;
      await delay(LOOK);
      if (this.#open === 0 && this.#happened === before) return;
    }
  }

  /** Grows with every request and every answer. */
  get happened(): number {
    return this.#happened;
  }

  /** Hosts that were asked for anything, those that only the proxy was asked for among them. */
  get hosts(): readonly string[] {
    return [...this.#hosts];
  }

  /** Hosts that were sent a credential. */
  get tokenHosts(): readonly string[] {
    return [...this.#tokenHosts];
  }
}

/** `host:port` of a tunnel, or the whole address of a request without TLS. */
function proxied(target: string): string {
  return URL.canParse(target) && target.includes('//') ? new URL(target).hostname : (target.split(':')[0] ?? '');
}
