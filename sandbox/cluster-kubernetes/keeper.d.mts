/** What a cluster's process and its keeper tell one another over IPC. */
export type ToKeeper =
  | { readonly start: { readonly name: string; readonly file: string; readonly args: readonly string[] } }
  | { readonly end: true };

export interface FromKeeper {
  /** A program that ended by itself. */
  readonly ended: string;
}
