import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { isTlsFailure } from '../transient.ts';
import { kubeRefusal } from '../refusal.ts';
import type { KubeTransport } from '../transport.ts';

export interface Ways {
  readonly direct: KubeTransport;
  /** Whether the cluster may well be out of reach: whether it is, is found out first, and quickly. */
  readonly doubtful: boolean;
  /** Called once, where the direct way does not lead there. */
  readonly otherwise: (error: unknown) => Promise<KubeTransport>;
}

/** For a first sign of an API server that may be out of reach; within a virtual network it comes in no time. */
const FIRST_SIGN = 5_000;

/** Goes to the API server directly until it turns out, before anything has succeeded, that it cannot be reached. */
export function changingOver(ways: Ways): KubeTransport {
  const way = new Way(ways);
  return {
    get host() {
      return way.taken.host;
    },
    get pageSize() {
      return way.taken.pageSize;
    },
    send: (request) => way.by((transport) => transport.send(request), request.signal),
    exec: (request, signal) => way.by((transport) => transport.exec(request, signal), signal),
    close: () => {
      ways.direct.close();
      way.taken.close();
    },
  };
}

class Way {
  taken: KubeTransport;
  readonly #ways: Ways;
  #reached = false;
  #sign: Promise<unknown> | undefined;
  #other: Promise<KubeTransport> | undefined;

  constructor(ways: Ways) {
    this.#ways = ways;
    this.taken = ways.direct;
  }

  async by<Result>(ask: (transport: KubeTransport) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (this.#ways.doubtful) await this.#look();
    const { taken } = this;
    try {
      const result = await ask(taken);
      this.#reached = true;
      return result;
    } catch (error) {
      const stays = taken !== this.#ways.direct || signal?.aborted === true || !isOutOfReach(error);
      // What worked before works again; what others found out holds for all.
      if (stays || (this.#reached && !this.#other)) throw error;
      return ask(await this.#changeOver(error));
    }
  }

  async #look(): Promise<void> {
    this.#sign ??= firstSign(this.#ways.direct);
    const error = await this.#sign;
    if (error !== undefined) await this.#changeOver(error);
  }

  async #changeOver(error: unknown): Promise<KubeTransport> {
    this.#other ??= this.#ways.otherwise(error);
    this.taken = await this.#other;
    return this.taken;
  }
}

/** Every answer is a sign, a refusal as well. */
async function firstSign(direct: KubeTransport): Promise<unknown> {
  try {
    await direct.send({ method: 'GET', path: '/version', signal: AbortSignal.timeout(FIRST_SIGN) });
    return undefined;
  } catch (error) {
    return isOutOfReach(error) ? error : undefined;
  }
}

/** Nobody answered. What Azure or Microsoft Entra said on the way there is a diagnostic already. */
function isOutOfReach(error: unknown): boolean {
  return !kubeRefusal(error) && !isTlsFailure(error) && !(error instanceof DiagnosticError);
}
