/** What az needs to take the sandbox for Azure: its proxy and its certificate authority, and nothing else. */
import process from 'node:process';
import type { Connection } from '../../sandbox/connection.ts';

export interface AzEnvironment {
  /** The folder that holds `az`. */
  readonly azFolder: string;
  readonly connection: Pick<Connection, 'proxy' | 'caFile'>;
  /** az's own home: accounts, tokens, settings. */
  readonly configFolder: string;
}

/** Variables of this process that would lead az elsewhere, or tell it what it should not know. */
const foreign =
  /^(azure_|arm_|all_proxy$|https?_proxy$|no_proxy$|requests_ca_bundle$|curl_ca_bundle$|ssl_cert|python|kubeconfig$)/i;

export function azEnvironment({ azFolder, connection, configFolder }: AzEnvironment): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: `${azFolder}:${process.env['PATH'] ?? ''}`,
    HOME: configFolder,
    HTTPS_PROXY: connection.proxy,
    REQUESTS_CA_BUNDLE: connection.caFile,
    AZURE_CONFIG_DIR: configFolder,
    // Nothing leaves the machine anyway: the proxy knows no other name. Without this, az starts one more process to try.
    AZURE_CORE_COLLECT_TELEMETRY: 'no',
    AZURE_CORE_NO_COLOR: 'yes',
  };
}
