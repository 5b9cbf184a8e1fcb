import { BlockList, isIP } from 'node:net';
import type { Mask } from '../runtime/secret.ts';
import type { ProxyChoice } from './proxy-choice.ts';
import { readProxyUrl } from './proxy-choice.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy of the environment, for agents that were configured with none: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY,
 * lower-case names first, as curl reads them. @throws DiagnosticError CON008 for an address that is none
 */
export function environmentProxy(environment: Environment, mask: Mask): ProxyChoice {
  const direct = directHosts(read(environment, 'no_proxy') ?? '');
  return (url) => {
    const { protocol } = new URL(url);
    if (direct(new URL(url))) return undefined;
    const names = [protocol === 'https:' ? 'https_proxy' : 'http_proxy', 'all_proxy'];
    const name = names.find((each) => read(environment, each) !== undefined);
    if (name === undefined) return undefined;
    const address = read(environment, name) ?? '';
    // curl takes an address without a scheme for an HTTP proxy.
    return readProxyUrl(address.includes('://') ? address : `http://${address}`, name.toUpperCase(), mask);
  };
}

function read(environment: Environment, name: string): string | undefined {
  return [environment[name], environment[name.toUpperCase()]].find(
    (value) => value !== undefined && value.trim() !== '',
  );
}

type Rule = (host: string, port: string) => boolean;

/** `*`, names with everything below them (a leading dot or `*.` changes nothing), addresses, CIDR blocks, each with a port. */
function directHosts(list: string): (url: URL) => boolean {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '');
  const rules = entries.map((entry) => ruleOf(entry.toLowerCase()));
  return (url) => {
    const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    return rules.some((rule) => rule(host, port));
  };
}

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true;
  const [, address = '', , bits] = /^\[?([0-9a-f.:]+)\]?(\/(\d+))?$/.exec(entry) ?? [];
  if (isIP(address) !== 0) return blockRule(address, bits);
  const [, bracketed, named = '', wanted] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = (bracketed ?? named).replace(/^\*?\./, '').replace(/\.$/, '');
  if (name === '') return () => false;
  return (host, port) =>
    (wanted === undefined || wanted === port) && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}

function blockRule(address: string, bits: string | undefined): Rule {
  const family = (text: string): 'ipv4' | 'ipv6' => (isIP(text) === 6 ? 'ipv6' : 'ipv4');
  const longest = family(address) === 'ipv6' ? 128 : 32;
  const prefix = Number(bits ?? longest);
  if (prefix > longest) return () => false;
  const block = new BlockList();
  block.addSubnet(address, prefix, family(address));
  return (host) => isIP(host) !== 0 && block.check(host, family(host));
}
