/** That somebody wants the run to end. The agent says so twice (SIGINT, then SIGTERM) before it kills the process. */
export interface Stop {
  /** Waits and reads end, nothing new is begun; a write that went out is awaited. */
  readonly requested: AbortSignal;
  /** Writes that went out are no longer awaited, either. */
  readonly lastCall: AbortSignal;
}
