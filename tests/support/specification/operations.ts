/** Which operation of the specifications a request is. */
import {
  readDocument,
  resolve,
  type Located,
  type SwaggerOperation,
  type SwaggerParameter,
  type SwaggerSchema,
} from './document.ts';

export type Service = 'resourceManager' | 'keyVault';

export interface SpecifiedOperation {
  /** `ManagedClusters_Get` */
  readonly id: string;
  readonly requestBody: Located<SwaggerSchema> | undefined;
  /** By status; `default` is any error. No schema: no body. */
  readonly responses: ReadonlyMap<string, Located<SwaggerSchema> | undefined>;
}

interface Source {
  readonly service: Service;
  readonly file: string;
  /** Operation ids; all where it is left out. */
  readonly only?: RegExp;
}

const arm = 'resourceManager';

const sources: readonly Source[] = [
  { service: arm, file: stable('containerservice', 'ContainerService/aks', '2024-02-01', 'managedClusters') },
  { service: arm, file: stable('authorization', 'Authorization', '2022-04-01', 'authorization-RoleAssignmentsCalls') },
  { service: arm, file: stable('authorization', 'Authorization', '2022-04-01', 'authorization-RoleDefinitionsCalls') },
  { service: arm, file: stable('authorization', 'Authorization', '2022-04-01', 'authorization-DenyAssignmentCalls') },
  // Its list of a subscription's resources is Resource Manager's.
  { service: arm, file: stable('keyvault', 'KeyVault', '2023-07-01', 'keyvault'), only: /^(?!Vaults_List$)/ },
  { service: arm, file: stable('keyvault', 'KeyVault', '2023-07-01', 'managedHsm') },
  { service: arm, file: stable('msi', 'ManagedIdentity', '2023-01-31', 'ManagedIdentity') },
  // Not its operations on resources of any type: every resource would pass as one.
  {
    service: arm,
    file: stable('resources', 'Resources', '2022-09-01', 'resources'),
    only: /^(Resources_List|ResourceGroups_|Providers_(Get|List)$)/,
  },
  { service: arm, file: stable('resources', 'Resources', '2022-12-01', 'subscriptions') },
  { service: 'keyVault', file: 'keyvault/data-plane/Microsoft.KeyVault/stable/7.5/secrets.json' },
];

function stable(folder: string, provider: string, version: string, name: string): string {
  return `${folder}/resource-manager/Microsoft.${provider}/stable/${version}/${name}.json`;
}

interface Candidate {
  readonly service: Service;
  readonly method: string;
  readonly path: RegExp;
  /** How much of the path the template says itself. */
  readonly literal: number;
  readonly operation: SpecifiedOperation;
}

let candidates: readonly Candidate[] | undefined;

/** Undefined where the specifications know none. `path` without the query, in any letter case. */
export function findOperation(service: Service, method: string, path: string): SpecifiedOperation | undefined {
  candidates ??= sources.flatMap(candidatesOf).sort((left, right) => right.literal - left.literal);
  const clean = path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  // A secret without a version is the operation with an empty version.
  const paths = [clean, `${clean}/`];
  return candidates.find(
    (each) =>
      each.service === service &&
      each.method === method.toLowerCase() &&
      paths.some((candidate) => each.path.test(candidate)),
  )?.operation;
}

function candidatesOf({ service, file, only }: Source): readonly Candidate[] {
  return Object.entries(readDocument(file).paths)
    .filter(([template]) => !/^\/\{\w+\}$/.test(template))
    .flatMap(([template, methods]) =>
      Object.entries(methods)
        .filter(([, { operationId }]) => only?.test(operationId) ?? true)
        .map(([method, operation]) => {
          const parameters = (operation.parameters ?? []).map((part) => parameterOf({ file, part }));
          return {
            service,
            method,
            path: expressionOf(
              template,
              parameters.map(({ part }) => part),
            ),
            literal: template.replaceAll(/\{[^}]+\}/g, '').length,
            operation: operationOf(file, operation, parameters),
          };
        }),
    );
}

function parameterOf({ file, part }: Located<SwaggerParameter>): Located<SwaggerParameter> {
  return part.$ref === undefined ? { file, part } : resolve<SwaggerParameter>({ file, reference: part.$ref });
}

function expressionOf(template: string, parameters: readonly SwaggerParameter[]): RegExp {
  const source = template
    .replace(/\/$/, '')
    .replaceAll('.', String.raw`\.`)
    .replaceAll(/\/\{([^}]+)\}/g, (_whole, name: string) => {
      const wide = parameters.find((parameter) => parameter.name === name)?.['x-ms-skip-url-encoding'] === true;
      // Scopes and the parents of a resource are any number of segments, and may be none.
      if (wide) return '(?:/.*?)?';
      return name === 'secret-version' ? '/[^/]*' : '/[^/]+';
    });
  return new RegExp(`^${source}$`, 'i');
}

function operationOf(
  file: string,
  { operationId, responses }: SwaggerOperation,
  parameters: readonly Located<SwaggerParameter>[],
): SpecifiedOperation {
  const body = parameters.find(({ part }) => part.in === 'body');
  return {
    id: operationId,
    requestBody: body?.part.schema ? { file: body.file, part: body.part.schema } : undefined,
    responses: new Map(
      Object.entries(responses).map(([status, { schema }]) => [status, schema ? { file, part: schema } : undefined]),
    ),
  };
}
