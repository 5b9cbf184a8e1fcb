/** Objects of custom resource definitions: structural defaults and validation by the version's schema. */
import { validateCustom } from '../crd/validate.ts';
import { defaultCustom } from '../crd/defaults.ts';
import { openApiSchemaOf } from '../crd/schema.ts';
import type { CustomResource } from '../registry.ts';
import type { Strategy } from './strategy.ts';

export function customStrategy(resource: CustomResource): Strategy {
  const schema = openApiSchemaOf(resource);
  return {
    hasStatus: resource.subresources.includes('status'),
    countsGenerations: true,
    defaults: (draft) => {
      defaultCustom(draft, schema);
    },
    validate: (draft, errors) => {
      validateCustom(draft, schema, errors);
    },
  };
}
