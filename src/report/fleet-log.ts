import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { RunEvent, RunMode, RunObserver } from '../engine/events.ts';
import type { FleetRow } from '../engine/fleet.ts';
import { count } from '../runtime/text.ts';
import { diagnosticText } from './diagnostic-text.ts';
import type { Log } from './text-log.ts';
import { changeLines, textLog } from './text-log.ts';

/** What one cluster has to say, kept until it is done, so that the lines of many do not mix. */
export interface MemberLog {
  readonly observer: RunObserver;
  /** Prints what was kept, if anything was changed or went wrong. */
  end(row: FleetRow, failure: Diagnostic | undefined): void;
}

interface Line {
  readonly text: string;
  readonly note: boolean;
}

interface Repeated {
  readonly first: Diagnostic;
  count: number;
}

/** The log of a fleet: a block for each cluster with changes, and one warning of each kind for all of them. */
export class FleetLog {
  readonly #log: Log;
  readonly #mode: RunMode;
  readonly #notes = new Set<string>();
  readonly #warnings = new Map<string, Repeated>();

  constructor(log: Log, mode: RunMode) {
    this.#log = log;
    this.#mode = mode;
  }

  member(): MemberLog {
    const lines: Line[] = [];
    const keep = (text: string): void => void lines.push({ text, note: false });
    const draw = textLog({ line: keep, warning: () => undefined });
    return {
      observer: (event) => {
        if (event.type === 'warning') this.#count(event.diagnostic);
        else if (event.type === 'note') lines.push({ text: event.text, note: true });
        else if (event.type === 'planned') this.#planned(event).forEach(keep);
        else draw(event);
      },
      end: (row, failure) => {
        if (row.changes === 0 && !failure) return;
        this.#log.line(`${row.cluster}: ${count(row.changes, 'change')}, ${String(row.unchanged)} unchanged`);
        for (const { text } of lines.filter((line) => this.#isNew(line))) this.#log.line(text);
        const why = failure ? `FAILED ${diagnosticText(failure)}`.split('\n') : [];
        for (const line of why) this.#log.line(`  ${line}`);
      },
    };
  }

  /** One for each code, with the words of the first and the number of all. */
  warnings(): readonly Diagnostic[] {
    return [...this.#warnings.values()].map(({ first, count: times }) =>
      times === 1 ? first : { ...first, message: `${first.message}\n(${String(times - 1)} more like it.)` },
    );
  }

  /** What is done is told when it is done; in a preview nothing is. */
  #planned({ plan }: Extract<RunEvent, { type: 'planned' }>): readonly string[] {
    const told = plan.changes.filter(({ difference: { action } }) =>
      this.#mode === 'preview' ? action !== 'none' : action === 'blocked',
    );
    return changeLines({ changes: told });
  }

  /** What two clusters have in common (their vault) is noted once. */
  #isNew({ text, note }: Line): boolean {
    const known = note && this.#notes.has(text);
    if (note) this.#notes.add(text);
    return !known;
  }

  #count(diagnostic: Diagnostic): void {
    const known = this.#warnings.get(diagnostic.code);
    if (known) known.count += 1;
    else this.#warnings.set(diagnostic.code, { first: diagnostic, count: 1 });
  }
}
