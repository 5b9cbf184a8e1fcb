/** What az is asked, and what has to come of it: data, so that the tables read as what they are. */

/**
 * In all texts, placeholders stand for what only the running sandbox knows: `{subscription}`, `{playground}`, `{tenant}`,
 * `{client:NAME}`, `{object:NAME}` and `{secret:NAME}` of an application or identity, `{certificate:NAME}` (a file),
 * `{assertion}` (a federated token), `{work}` (the case's own folder). In what az answers and asks for, any other GUID
 * is `{guid}`.
 */
export interface Case {
  /** A fact. */
  readonly title: string;
  /** Who is signed in: an application of the scenario, with tokens for Resource Manager, Graph and Key Vault. */
  readonly as: string;
  /** bash */
  readonly run: string;
  /** Default: 0. */
  readonly exit?: number;
  /**
   * Text: standard output without its last line break. Otherwise standard output as JSON: objects may hold more than is
   * written here, lists may not.
   */
  readonly output?: unknown;
  /** Parts of standard output or standard error, in this order. */
  readonly says?: readonly string[];
  /** All requests in the order in which they were answered, each as `METHOD host/path @api-version`. */
  readonly requests?: readonly string[];
  /** All changes of the sandbox's Azure, sorted; none where it is left out. */
  readonly changes?: readonly string[];
}

/** Cases that share one sandbox and run one after the other. */
export interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** Nobody is signed in. */
export const nobody = '';
