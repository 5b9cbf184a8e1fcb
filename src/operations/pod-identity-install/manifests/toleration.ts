/** As Kubernetes has it in the spec of a pod. */
export interface Toleration {
  readonly key?: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: string;
}

const effects: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** What {@link parseToleration} takes. */
export const tolerationForms =
  'a taint as kubectl writes it: key=value:Effect, key:Effect or key, with the effect NoSchedule, PreferNoSchedule or NoExecute';

/** The toleration of a taint that is written as for `kubectl taint`; undefined where it is none. */
export function parseToleration(text: string): Toleration | undefined {
  const name = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
  const pattern = new RegExp(
    `^(?<key>(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?${name})(?:=(?<value>(?:${name})?))?(?::(?<effect>[A-Za-z]+))?$`,
  );
  const { key, value, effect } = pattern.exec(text)?.groups ?? {};
  if (key === undefined || (effect !== undefined && !effects.includes(effect))) return undefined;
  return {
    key,
    ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...(effect === undefined ? {} : { effect }),
  };
}
