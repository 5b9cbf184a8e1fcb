/** What a token server needs to know: Entra's, and ADFS's in its place. */
import type { SandboxCloud } from '../clouds.ts';
import type { TenantSpec } from '../scenario/types.ts';
import type { ClientKeys } from './authenticate-client.ts';
import type { EntraTokenAuthority } from './token-authority.ts';

export interface EntraOptions extends ClientKeys {
  readonly cloud: SandboxCloud;
  readonly tenants: readonly TenantSpec[];
  readonly tokens: EntraTokenAuthority;
  /** Seconds; the server's own where it is left out. */
  readonly tokenLifetime?: number | undefined;
  /** The sandbox's own Resource Manager address: asked for as a resource, it is Azure Resource Manager. */
  readonly resourceManager: () => string;
}
