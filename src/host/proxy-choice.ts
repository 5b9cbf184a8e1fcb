import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { parseJson } from '../runtime/json.ts';
import type { ProxyServer } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';

/** The proxy for an address; undefined for those that are reached directly. */
export type ProxyChoice = (url: string) => ProxyServer | undefined;

export interface AgentProxySettings {
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** JSON: an array of regular expressions. */
  readonly bypassList: string | undefined;
}

/**
 * The proxy that the agent was configured with. Its bypass list is read as the agent reads it (AgentWebProxy.cs): regular
 * expressions without regard to letter case, tried on `scheme://host` with the port where it is not the usual one, and
 * those that are none ignored. task-lib tries them on the whole address, so a slash after the host is allowed for, but a
 * name in a path never counts. Loopback addresses are no exception, as for the in-box tasks.
 * @throws DiagnosticError CON008
 */
export function agentProxy(settings: AgentProxySettings, mask: Mask): ProxyChoice {
  const bypass = readBypassList(settings.bypassList);
  const { username, password } = settings;
  const own = username === undefined ? {} : { username, ...registered(password, mask) };
  const proxy = { ...readProxyUrl(settings.url, 'Agent.ProxyUrl', mask), ...own };
  return (url) => {
    const { origin } = new URL(url);
    return bypass.some((each) => each.test(origin) || each.test(`${origin}/`)) ? undefined : proxy;
  };
}

/**
 * An address with user and password taken out of it. @param setting names it in messages
 * @throws DiagnosticError CON008 for what is no http or https address; SOCKS is not spoken
 */
export function readProxyUrl(text: string, setting: string, mask: Mask): ProxyServer {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url) Secret.register(decoded(url.password), mask);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw new DiagnosticError('CON008', {
      message: `${setting} is not the address of a proxy that can be used: http://host:port or https://host:port is needed.`,
    });
  }
  const username =
    url.username === '' ? {} : { username: decoded(url.username), ...registered(decoded(url.password), mask) };
  return { url: url.origin, ...username };
}

function registered(password: string | undefined, mask: Mask): { readonly password?: Secret } {
  return password === undefined || password === '' ? {} : { password: Secret.register(password, mask) };
}

/** As it stands where it is not encoded: a lone percent sign is part of the password then. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readBypassList(text: string | undefined): readonly RegExp[] {
  if (text === undefined || text.trim() === '') return [];
  const list = parseJson(text);
  if (!Array.isArray(list)) {
    throw new DiagnosticError('CON008', { message: 'Agent.ProxyBypassList is no JSON array of regular expressions.' });
  }
  const patterns = list.filter((each): each is string => typeof each === 'string' && each.trim() !== '');
  return patterns.flatMap(expression);
}

function expression(pattern: string): readonly RegExp[] {
  try {
    return [new RegExp(pattern.trim(), 'i')];
  } catch {
    return [];
  }
}
