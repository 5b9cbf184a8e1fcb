import type { CustomResourceDefinition } from '../shapes.ts';

/** Undefined once the definition is established; otherwise what is missing, as a reader would say it. */
export function notEstablished(definition: CustomResourceDefinition | undefined): string | undefined {
  if (!definition) return 'not there yet';
  const condition = (type: string): { status: string; message?: string } | undefined =>
    definition.status?.conditions?.find((each) => each.type === type);
  if (condition('Terminating')?.status === 'True') return 'is being deleted';
  if (condition('Established')?.status === 'True') return undefined;
  const names = condition('NamesAccepted');
  return names?.status === 'False' ? `names not accepted: ${names.message ?? ''}` : 'not established yet';
}
