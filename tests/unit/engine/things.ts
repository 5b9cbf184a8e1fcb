import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import type { ResourceHandler } from '../../../src/engine/resource.ts';
import { resourceKey } from '../../../src/engine/resource.ts';

/** A world of named things with a size, and a handler that keeps them; what is in `failing` cannot be written. */
export class Things {
  readonly there = new Map<string, number>();
  readonly writes: string[] = [];
  readonly failing = new Set<string>();
  readonly blocked = new Set<string>();

  readonly handler: ResourceHandler<{ readonly name: string; readonly size: number }, number> = {
    kind: 'thing',
    key: ({ name }) => resourceKey('thing', name),
    describe: ({ name }) => name,
    read: ({ name }) => {
      const size = this.there.get(name);
      return Promise.resolve(size === undefined ? { found: false } : { found: true, state: size });
    },
    compare: (spec, observed, wanted) => {
      if (this.blocked.has(spec.name)) {
        const known = new DiagnosticError('AZR004', { message: `${spec.name} is locked.` });
        return { action: 'blocked', diagnostic: known.diagnostic };
      }
      if (wanted === 'absent') return observed.found ? { action: 'delete' } : { action: 'none' };
      if (!observed.found) return { action: 'create' };
      if (observed.state === spec.size) return { action: 'none' };
      return { action: 'update', fields: [{ field: 'size', from: String(observed.state), to: String(spec.size) }] };
    },
    apply: ({ action, spec }) => {
      this.writes.push(`${action} ${spec.name}`);
      if (this.failing.has(spec.name))
        return Promise.reject(new DiagnosticError('AZR003', { message: `${spec.name} failed.` }));
      if (action === 'delete') this.there.delete(spec.name);
      else this.there.set(spec.name, spec.size);
      return Promise.resolve();
    },
  };
}
