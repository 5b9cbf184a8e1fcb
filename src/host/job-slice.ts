import type { JobSlice } from '../engine/slice.ts';

/** System.ParallelExecutionType, System.JobPositionInPhase and System.TotalJobsInPhase, as the agent hands them over. */
export interface JobSliceVariables {
  readonly type: string | undefined;
  readonly position: string | undefined;
  readonly total: string | undefined;
}

/**
 * The slice of a job under `strategy: parallel`. Jobs of a matrix have a position and a total, too, and each of them is
 * to do everything with values of its own: the type alone tells them apart (`MultiMachine`, `MultiConfiguration`).
 * Undefined for a job that shares its work with no other.
 */
export function readSlice({ type, position, total }: JobSliceVariables): JobSlice | undefined {
  if (type?.toLowerCase() === 'multiconfiguration') return undefined;
  const slice = { position: Number(position), total: Number(total) };
  const isSlice = Object.values(slice).every(Number.isInteger) && slice.total > 1;
  return isSlice && slice.position >= 1 && slice.position <= slice.total ? slice : undefined;
}
