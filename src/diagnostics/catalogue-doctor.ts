import type { CatalogueEntry } from './catalogue-entry.ts';

const installation = {
  DOC001: {
    title: 'The manifests of AAD Pod Identity are too old for this Kubernetes',
    cause:
      'Before release 1.8.0 its custom resource definitions were written for apiextensions.k8s.io/v1beta1, which Kubernetes 1.22 and later do not serve ("no matches for kind CustomResourceDefinition").',
    fix: 'Install 1.8.17: run PodIdentityInstall with this cluster.',
  },
  DOC002: {
    title: 'Custom resource definitions of AAD Pod Identity are missing',
    cause:
      'MIC or NMI is there without them. The API server refuses definitions of this group that lack the annotation api-approved.kubernetes.io, and Helm does not bring new ones in an upgrade.',
    fix: 'Run PodIdentityInstall with this cluster, or apply the crd.yaml of the release (it has the annotation api-approved.kubernetes.io: unapproved).',
  },
  DOC003: {
    title: 'MIC or NMI is an old release with known faults',
    cause:
      'Releases before 1.8.0 have faults that look like faults of the cluster: ids refused as duplicates (before 1.6), changes that overwrite the scale set (before 1.6), requests until Azure throttles, a crash at scale sets without identities (before 1.7.2).',
    fix: 'Install 1.8.17: run PodIdentityInstall with this cluster.',
  },
  DOC004: {
    title: 'MIC is not installed',
    cause: 'NMI waits for MIC, which puts the identities on the nodes; without it no pod gets a token.',
    fix: 'Run PodIdentityInstall with this cluster.',
  },
  DOC005: {
    title: 'MIC is scaled to 0',
    cause: 'Somebody stopped MIC, for an upgrade of the cluster for example, and it was not started again.',
    fix: 'kubectl scale deployment mic --replicas=2',
  },
  DOC006: {
    title: 'No MIC leads',
    cause:
      'The pods of MIC run, but none of them could write its name into the Endpoints object that they elect a leader with, so nobody works.',
    fix: 'Check that MIC may get, create and update endpoints (ClusterRole aad-pod-id-mic-role); its log says more. PodIdentityInstall mends the role.',
  },
  DOC007: {
    title: 'NMI is not installed',
    cause: 'Without NMI the token requests of pods go to the metadata service of the node itself.',
    fix: 'Run PodIdentityInstall with this cluster.',
  },
  DOC023: {
    title: 'MIC or NMI lost its rights in the cluster',
    cause: 'A ClusterRole or ClusterRoleBinding of the installation was deleted or changed.',
    fix: 'Run PodIdentityInstall with this cluster.',
  },
  DOC024: {
    title: 'NMI intercepts the token requests of MIC',
    cause:
      'MIC asks for its own token from a pod. NMI passes MIC by in the namespace default, or where its flag MICNamespace or an AzurePodIdentityException says so.',
    fix: 'Create the AzurePodIdentityException with the labels of MIC in the namespace of MIC, or run PodIdentityInstall, which does.',
  },
  DOC025: {
    title: 'The pods of AKS add-ons are not excepted',
    cause:
      'NMI answers the token requests of add-ons in kube-system and knows no identity for them; they lose their access and fill the log.',
    fix: 'Create an AzurePodIdentityException in kube-system with the label kubernetes.azure.com/managedby: aks; PodIdentityInstall does.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const pods = {
  DOC010: {
    title: 'The pods are on the host network',
    cause: 'What a pod on the host network sends to the metadata address does not go through NMI.',
    fix: 'Take hostNetwork away, or ask for a token by client id and accept that the node, not Pod Identity, decides.',
  },
  DOC011: {
    title: 'The pods run on Windows',
    cause: 'NMI runs on Linux nodes only.',
    fix: 'Use Microsoft Entra Workload ID, which works on Windows, or move the pods to a Linux node pool.',
  },
  DOC012: {
    title: 'An exception takes the pods out of Pod Identity',
    cause: 'An AzurePodIdentityException in the namespace names labels that the pods carry.',
    fix: 'Change the labels of the pods, or delete the exception.',
  },
  DOC013: {
    title: 'The pods carry no label aadpodidbinding',
    cause: 'Pod Identity finds the identity of a pod by this label on the pod itself.',
    fix: 'Run PodIdentityBind with the workload: the label belongs on the pod template.',
  },
  DOC014: {
    title: 'Some of the pods lack the label aadpodidbinding',
    cause:
      'The label is not on the template that these pods come from (executors of Spark, a second Deployment), or they are older than it.',
    fix: 'Run PodIdentityBind for each of the workloads; for Spark set spark.kubernetes.executor.label.aadpodidbinding, too.',
  },
  DOC030: {
    title: 'A network policy keeps the pods from the metadata address',
    cause: 'A policy for egress selects the pods, and no policy lets them send to 169.254.169.254.',
    fix: 'Add a rule for egress to 169.254.169.254/32 and to 127.0.0.1/32, TCP ports 80 and 2579.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const bindings = {
  DOC015: {
    title: 'No AzureIdentityBinding has the label of the pods as its selector',
    cause: 'The label aadpodidbinding and spec.selector of the binding must be equal, letter for letter.',
    fix: 'Run PodIdentityBind with the input selector set to the label of the pods, or correct the label.',
  },
  DOC016: {
    title: 'The AzureIdentityBinding names an AzureIdentity that is not there',
    cause: 'A binding finds its AzureIdentity by name, in its own namespace.',
    fix: 'Run PodIdentityBind in the namespace of the binding, or correct spec.azureIdentity.',
  },
  DOC017: {
    title: 'Pods and binding are in different namespaces',
    cause: 'In namespaced mode, pod, AzureIdentityBinding and AzureIdentity have to be in one namespace.',
    fix: 'Run PodIdentityBind with the namespace of the pods.',
  },
  DOC018: {
    title: 'Several bindings have the label of the pods',
    cause: 'The pods have more than one identity; who asks without a client id gets whichever comes first.',
    fix: 'Keep one binding for each selector, or ask with the client id (AZURE_CLIENT_ID).',
  },
  DOC020: {
    title: 'MIC ignores the AzureIdentity',
    cause: 'A field is empty, malformed, or written in another letter case than MIC reads since release 1.6.',
    fix: 'Run PodIdentityBind: it writes resourceID and clientID as Azure has them.',
  },
  DOC021: {
    title: 'The identity does not exist in Azure',
    cause: 'It was deleted, or made again in another resource group, and the AzureIdentity still names the old one.',
    fix: 'Run PodIdentityBind with the identity of today; it corrects the AzureIdentity. Take an old id off the scale set: az vmss identity remove.',
  },
  DOC022: {
    title: 'The client id of the AzureIdentity is an old one',
    cause: 'The identity was deleted and made again under the same name: it has a new client id and a new object id.',
    fix: 'Run PodIdentityBind with the identity, then AksRoleGrants and KeyVaultGrant: grants of the old object id do not count.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const assignments = {
  DOC031: {
    title: 'MIC may not change the scale sets',
    cause:
      'The identity that MIC acts as lacks the role Virtual Machine Contributor in the node resource group (MC_...).',
    fix: 'Run AksRoleGrants with preset: podIdentity.',
  },
  DOC032: {
    title: 'MIC may not hand out the identity',
    cause: 'The identity that MIC acts as lacks the role Managed Identity Operator at the identity of the pods.',
    fix: 'Run AksRoleGrants with preset: podIdentity and the identity of the pods.',
  },
  DOC033: {
    title: 'Azure throttles MIC',
    cause:
      'MIC sent more changes of scale sets than Azure takes: an old release, or an identity that fails again and again.',
    fix: 'Mend the identity that its log names, install 1.8.17, and raise --syncRetryDuration; MIC goes on by itself when Azure lets it.',
  },
  DOC034: {
    title: 'Azure refuses to change the scale set because of one identity',
    cause: 'An identity in the request or on the scale set does not exist any more.',
    fix: 'Delete its AzureIdentity and AzureIdentityBinding, and take it off the scale set: az vmss identity remove.',
  },
  DOC035: {
    title: 'AzureAssignedIdentity objects hang in deletion',
    cause: 'Only MIC takes its finalizer off, and no MIC is there that does.',
    fix: 'kubectl patch azureassignedidentity NAME --type merge --patch \'{"metadata":{"finalizers":null}}\'',
  },
  DOC036: {
    title: 'The identity is not on the scale set of the nodes',
    cause: 'It was taken off after MIC put it there: by hand, by a template, or by an upgrade of the node pool.',
    fix: 'Delete the pods, so that MIC assigns it anew (kubectl rollout restart), or add it: az vmss identity assign.',
  },
  DOC037: {
    title: 'NMI gets no token from the node',
    cause:
      'The metadata service of the node refused or did not answer: the identity is not on the node, a rule or a proxy is in the way, or it throttles.',
    fix: 'Look at the node (curl to 169.254.169.254 there) and restart the pod of NMI; PodSecretCheck shows the answer of today.',
  },
  DOC038: {
    title: 'The application asks without the Metadata header',
    cause: 'Since release 1.8.4 NMI refuses token requests without the header "Metadata: true".',
    fix: 'Use a newer Azure SDK in the application, or send the header.',
  },
  DOC039: {
    title: 'The application asks for a token without a resource',
    cause: 'Some SDKs probe the metadata address without the parameter resource; NMI answers 400.',
    fix: 'Harmless where it is only a probe. Otherwise use a newer SDK, or send the parameter resource.',
  },
  DOC040: {
    title: 'NMI could not answer the pod',
    cause: 'NMI did not find the pod by its address, or no identity for it, when it asked last.',
    fix: 'Run PodSecretCheck: it asks now. Look at the log of NMI on the node of the pod.',
  },
} as const satisfies Record<string, CatalogueEntry>;

/** What IdentityDoctor finds in the chain between a pod and its secret. */
export const doctor = { ...installation, ...pods, ...bindings, ...assignments } as const;
