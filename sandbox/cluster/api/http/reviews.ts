/** Questions to the server that leave nothing behind: access reviews, who am I, is this token good. */
import { badRequest } from '../errors.ts';
import { isRecord, recordAt, stringAt, stringsAt, type Json } from '../json.ts';
import type { PathRequest, ResourceRequest, Rule, User } from '../rbac.ts';
import type { Call } from './server-context.ts';

type Answer = (call: Call, spec: Json, namespace: string | undefined) => Json | Promise<Json>;

const answers: Readonly<Record<string, Answer>> = {
  selfsubjectaccessreviews: (call, spec) => decide(call, call.user, spec),
  subjectaccessreviews: (call, spec) => decide(call, userOf(spec), spec),
  localsubjectaccessreviews: (call, spec, namespace) => {
    if (stringAt(spec, 'resourceAttributes', 'namespace') !== namespace)
      throw badRequest('spec.resourceAttributes.namespace: Invalid value: must match metadata.namespace');
    return decide(call, userOf(spec), spec);
  },
  selfsubjectrulesreviews: (call, spec) => rules(call, stringAt(spec, 'namespace')),
  selfsubjectreviews: (call) => ({ userInfo: userInfo(call.user) }),
  tokenreviews: async (call, spec) => {
    const user = await call.context.tokens.authenticate(stringAt(spec, 'token'));
    return user
      ? { authenticated: true, user: userInfo(user) }
      : { authenticated: false, error: 'invalid bearer token' };
  },
};

/** The body with its `status` filled in. */
export async function answerReview(
  call: Call,
  plural: string,
  body: unknown,
  namespace: string | undefined,
): Promise<object> {
  const answer = answers[plural];
  if (!answer || !isRecord(body)) throw badRequest('the object provided is unrecognized');
  const status = await answer(call, recordAt(body, 'spec'), namespace);
  return { ...body, metadata: { ...recordAt(body, 'metadata'), creationTimestamp: null }, status };
}

function userOf(spec: Json): User {
  return { name: stringAt(spec, 'user'), groups: stringsAt(spec, 'groups') };
}

function userInfo(user: User): Json {
  return { username: user.name, groups: [...user.groups], ...(user.uid === undefined ? {} : { uid: user.uid }) };
}

function decide({ context }: Call, user: User, spec: Json): Json {
  const request = requestOf(spec);
  if (!request)
    throw badRequest(
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  return { allowed: context.core.authorizer.allows(user, request) };
}

function requestOf(spec: Json): ResourceRequest | PathRequest | undefined {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (isRecord(path)) return { verb: stringAt(path, 'verb'), path: stringAt(path, 'path') };
  if (!isRecord(resource)) return undefined;
  return {
    verb: stringAt(resource, 'verb'),
    group: stringAt(resource, 'group'),
    resource: stringAt(resource, 'resource'),
    subresource: stringAt(resource, 'subresource') || undefined,
    namespace: stringAt(resource, 'namespace') || undefined,
    name: stringAt(resource, 'name') || undefined,
  };
}

function rules({ context, user }: Call, namespace: string): Json {
  const all = user.groups.includes('system:masters') ? [everything] : context.core.authorizer.rulesFor(user, namespace);
  return {
    resourceRules: all
      .filter((rule) => rule.resources.length > 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
    nonResourceRules: all
      .filter((rule) => rule.nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}

const everything: Rule = {
  verbs: ['*'],
  apiGroups: ['*'],
  resources: ['*'],
  resourceNames: [],
  nonResourceURLs: ['*'],
};
