import type { AzureSession } from '../../azure/session.ts';
import type { RunObserver } from '../../engine/events.ts';
import type { EndpointReader, Network } from '../../runtime/ports.ts';
import type { Budget } from '../../runtime/budget.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Mask } from '../../runtime/secret.ts';

/** What an operation is given to work with. Every part is a narrow port: operations know no agent and no global. */
export interface Services {
  readonly azure: AzureSession;
  readonly endpoints: EndpointReader;
  readonly network: Network;
  readonly mask: Mask;
  readonly observer: RunObserver;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly signal: AbortSignal;
}
