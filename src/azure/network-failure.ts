import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { TunnelRefused } from './tunnel-refused.ts';
import { ForeignAnswer, saidEfforts, Unanswered } from './patience/unanswered.ts';

/**
 * A request that got no answer at all (CON004), or none of Azure (AZR008), or was given up because the run is to stop
 * (RUN002); an error that is already understood is passed on. `doing` continues "Cannot ...".
 */
export function networkFailure(error: unknown, host: string, doing?: string): DiagnosticError {
  if (error instanceof DiagnosticError) return error;
  const cannot = doing === undefined ? '' : `Cannot ${doing}: `;
  if (error instanceof Error && error.name === 'AbortError') return stopped(error, doing ?? `ask ${host}`);
  const tried = effortsOf(error);
  const last = error instanceof Unanswered ? error.cause : error;
  const options = { cause: error };
  if (last instanceof ForeignAnswer) {
    return new DiagnosticError('AZR008', { message: `${cannot}${host} gave ${last.message}${tried}.` }, options);
  }
  if (last instanceof TunnelRefused && last.status === 407) {
    return new DiagnosticError('CON004', { message: `${cannot}${host} ${withoutPassword}`, fix: passwordFix }, options);
  }
  const text = { message: `${cannot}${host} cannot be reached${tried}.`, detail: innermostText(error) };
  return new DiagnosticError('CON004', text, options);
}

const withoutPassword =
  'cannot be reached: the proxy refuses to lead there without a valid user name and password (status 407).';

const passwordFix =
  'Configure the agent with the user name and the password of its proxy (Agent.ProxyUsername, Agent.ProxyPassword).';

function stopped(error: Error, doing: string): DiagnosticError {
  return new DiagnosticError('RUN002', { message: `The run was stopped while it was to ${doing}.` }, { cause: error });
}

function effortsOf(error: unknown): string {
  const said = error instanceof Unanswered ? saidEfforts(error.efforts) : undefined;
  return said === undefined ? '' : ` (${said})`;
}

/** Libraries wrap a refused connection several times; what the system said at the bottom is what helps. */
function innermostText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return innermostText(error.errors[0]);
  return error.cause instanceof Error ? innermostText(error.cause) : error.message;
}
