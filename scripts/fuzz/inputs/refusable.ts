/**
 * Which texts an input must refuse, by the rules of Azure, Kubernetes and the documents of the tasks, written down a
 * second time: the product is not asked what is wrong. Texts that nothing here refuses may be right or wrong.
 */
type Rule = (text: string) => boolean;

/** Control characters stand in no name, and halves of surrogate pairs in no text. */
const isUnprintable: Rule = (text) => /[\p{Cc}\p{Cs}]/u.test(text);

/** The agent leaves a variable that it does not know as it stands. */
const isUnresolved: Rule = (text) => /\$\([^)]*\)/.test(text);

/** What changes the meaning of an address that the text becomes a part of. */
const isNoPath: Rule = (text) => /[?#%\\<>]|\/\//.test(text) || text.split('/').some((part) => /^\.{1,2}$/.test(part));

const anyOf =
  (...rules: readonly Rule[]): Rule =>
  (text) =>
    rules.some((rule) => rule(text));

const not =
  (pattern: RegExp): Rule =>
  (text) =>
    !pattern.test(text);

const isNoGuid = not(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i);
const isNoLabel = not(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const isNoObjectName = not(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);
const isNoFlag = not(/^(true|false)$/i);
const isNoAddress = anyOf(isUnprintable, isUnresolved, isNoPath);

const everyLine =
  (rule: Rule): Rule =>
  (text) =>
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .some((line) => line !== '' && !line.startsWith('#') && rule(line));

const isNoGrant: Rule = (line) => {
  if (/^(condition|description)\s*:/i.test(line)) return false;
  const [, scope] = /@([^@]*)$/.exec(line.replace(/\s#.*$/, '')) ?? [];
  return (
    scope === undefined || !/^\s*[/{]/.test(scope) || isNoPath(scope.trim().replace(/\/+$/, '')) || isUnprintable(scope)
  );
};

const isNoWorkload = (kinds: string): Rule => not(new RegExp(`^(${kinds})/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`, 'i'));

const workloadKinds = 'deploy(ment)?s?|sts|statefulsets?|ds|daemonsets?|rs|replicasets?';
const boundKinds = `${workloadKinds}|rc|replicationcontrollers?|cj|cronjobs?|rollouts?|helm`;

const isNoMinutes: Rule = (text) => !(Number(text) >= 1 && Number(text) <= 60);

const isNoPermissions: Rule = (text) => /[^a-z, \t]/i.test(text.replaceAll(/[\s\uFEFF]/g, ' '));

const common: Readonly<Record<string, Rule>> = {
  resourceGroup: anyOf(not(/^[\p{L}\p{N}_().-]{1,90}$/u), (text) => text.endsWith('.')),
  clusterName: not(/^[a-z0-9]([-_a-z0-9]{0,61}[a-z0-9])?$/i),
  identity: isNoAddress,
  keyVault: isNoAddress,
  namespace: isNoLabel,
  wait: isNoFlag,
  failFast: isNoFlag,
  allowKubenet: isNoFlag,
  force: isNoFlag,
  timeoutInMinutes: isNoMinutes,
  action: not(/^(apply|preview|remove)$/i),
  preset: not(/^(podIdentity|podIdentityClassic|none)$/i),
  principalObjectId: isNoGuid,
  clientId: isNoGuid,
  grants: everyLine(isNoGrant),
  secretPermissions: isNoPermissions,
  keyPermissions: isNoPermissions,
  certificatePermissions: isNoPermissions,
  secretName: not(/^[0-9a-z-]{1,127}$/i),
  azureIdentityName: isNoObjectName,
  bindingName: isNoObjectName,
  selector: not(/^[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])?$/i),
  workloads: everyLine(isNoWorkload(boundKinds)),
  workload: isNoWorkload(workloadKinds),
  pods: isUnprintable,
  podSelector: isUnprintable,
  container: isNoLabel,
  secretVersion: not(/^[0-9a-f]{32}$/i),
  expectedSha256: not(/^[0-9a-f]{64}$/i),
  outputPlanFile: isUnresolved,
  junitFile: isUnresolved,
  parallel: not(/^([1-9]|1\d|20)$/),
  retry: isNoFlag,
};

export type Inputs = Readonly<Record<string, string>>;

/** The inputs that the task must refuse before it asks anybody anything. */
export function refusable(task: string, inputs: Inputs): readonly string[] {
  return Object.entries(inputs).flatMap(([name, value]) => {
    const text = value.trim();
    return text !== '' && !isUnread(task, name, inputs) && common[name]?.(text) === true ? [name] : [];
  });
}

/** A list of clusters is read in place of one, and an identity that is no cluster's needs none of them. */
function isUnread(task: string, name: string, inputs: Inputs): boolean {
  if (name === 'resourceGroup' || name === 'clusterName') {
    if ('clusters' in inputs) return true;
  } else if (name !== 'clusters' && name !== 'failFast') return false;
  const identity = (inputs['identity'] ?? 'kubelet').trim().toLowerCase();
  return task === 'KeyVaultGrant' && !['kubelet', 'controlplane'].includes(identity);
}
