import { DiagnosticError } from '../diagnostics/diagnostic.ts';

/** CON004 for a request that got no answer at all; an error that is already understood is passed on. */
export function networkFailure(error: unknown, host: string): DiagnosticError {
  if (error instanceof DiagnosticError) return error;
  const text = innermostText(error);
  return new DiagnosticError('CON004', { message: `${host} cannot be reached.`, detail: text }, { cause: error });
}

/** Libraries wrap a refused connection several times; what the system said at the bottom is what helps. */
function innermostText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return innermostText(error.errors[0]);
  return error.cause instanceof Error ? innermostText(error.cause) : error.message;
}

/** Only a proxy answers 407; a client would take it for the service's own words. */
export function proxyRefused(url: string): DiagnosticError {
  return new DiagnosticError('CON004', {
    message: `${new URL(url).host} cannot be reached: the proxy refuses to lead there without a valid user name and password (status 407).`,
    fix: 'Configure the agent with the user name and the password of its proxy (Agent.ProxyUsername, Agent.ProxyPassword).',
  });
}
