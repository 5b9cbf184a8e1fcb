/** One request that a server of the sandbox answered. Tests read these at `GET /_sandbox/requests`. */
export interface RequestRecord {
  readonly sequence: number;
  /** ISO 8601 */
  readonly time: string;
  /** Which server: `entra`, `resourceManager`, `keyVault`, `instanceMetadata`, `azureDevOps`, `proxy`, or `cluster:<name>`. */
  readonly server: string;
  readonly method: string;
  readonly host: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly status: number;
  /** Object id (Azure) or user name (Kubernetes) that the request was decided for; absent where nobody was known. */
  readonly caller?: string;
  readonly userAgent?: string;
  readonly milliseconds: number;
}
