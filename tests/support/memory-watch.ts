/** How much memory a process has, as the system tells it (Linux; nothing elsewhere). */
import { readFileSync } from 'node:fs';

export interface MemoryWatch {
  /** For `onStart` of a run. */
  readonly onStart: (processId: number) => void;
  /** The most that it ever had, in megabytes; 0 where the system does not tell. */
  readonly peak: () => number;
  /** What it had over time, in megabytes. */
  readonly samples: () => readonly number[];
}

const EVERY = 200;

export function memoryWatch(): MemoryWatch {
  let peak = 0;
  const samples: number[] = [];
  const look = (processId: number): void => {
    try {
      const status = readFileSync(`/proc/${String(processId)}/status`, 'utf8');
      peak = Math.max(peak, megabytes(status, 'VmHWM'));
      samples.push(megabytes(status, 'VmRSS'));
      setTimeout(look, EVERY, processId).unref();
    } catch {
      // The process has ended, or there is no /proc.
    }
  };
  return { onStart: look, peak: () => peak, samples: () => samples };
}

function megabytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) / 1024;
}
