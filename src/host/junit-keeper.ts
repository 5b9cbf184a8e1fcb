import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { describeFailure } from '../diagnostics/failure.ts';
import { junitText } from '../report/junit.ts';
import type { RunReport } from '../report/run-report.ts';
import type { PlanFileChoice } from './plan-file.ts';

/** Keeps the result of a run in the file of the input `junitFile`; does nothing where the input is empty. */
export interface JunitKeeper {
  /** What is wrong with the path, as the text of an input problem. */
  readonly problem?: string;
  /** Before the first request: the result of an earlier run is nobody's any more. */
  begin(): void;
  /** Whether the run succeeded or not. Gives why the file could not be written. */
  write(report: RunReport): Diagnostic | undefined;
}

export function junitKeeper(junitFile: string | undefined, choose: (text: string) => PlanFileChoice): JunitKeeper {
  const chosen = junitFile === undefined ? undefined : choose(junitFile);
  const file = chosen && 'file' in chosen ? chosen.file : undefined;
  return {
    ...(chosen && 'problem' in chosen ? { problem: chosen.problem } : {}),
    begin: () => file?.clear(),
    write: (report) => {
      try {
        file?.write(junitText(report));
        return undefined;
      } catch (error) {
        return describeFailure(error);
      }
    },
  };
}
