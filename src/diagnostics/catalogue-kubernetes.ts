import type { CatalogueEntry } from './catalogue-entry.ts';

const api = {
  KUB001: {
    title: 'The API server of the cluster cannot be reached',
    cause: 'The name does not resolve, the connection was refused or cut, or no answer came in time.',
    fix: 'Check that the agent can reach the API server: authorized IP ranges, private cluster, proxy (Agent.ProxyUrl and its bypass list), firewall; and that the cluster is running.',
  },
  KUB002: {
    title: 'The certificate of the API server is not trusted',
    cause:
      'The certificate authority in the kubeconfig or in the service connection is not the one that signed the certificate of the API server, or a proxy opens the connection.',
    fix: 'Renew the kubeconfig or the service connection; where a proxy opens TLS connections, add the API server to its bypass list.',
  },
  KUB003: {
    title: 'The cluster does not accept the credential',
    cause: 'The token or client certificate expired, was rotated, or belongs to another cluster.',
    fix: 'Renew the Kubernetes service connection, or leave kubernetesServiceConnection empty so that Azure hands out credentials.',
  },
  KUB004: {
    title: 'A permission in the cluster is missing',
    cause: 'No Role or ClusterRole that is bound to the user of the connection allows this verb on this resource.',
    fix: 'Add the rule named in the message to the ClusterRole of the connection (docs/permissions.md has the whole role).',
  },
  KUB005: {
    title: 'Something that the change needs is missing in the cluster',
    cause: 'The namespace or the object in the message does not exist (any more).',
    fix: 'Compare the name with "kubectl get"; create the namespace, or correct the input.',
  },
  KUB006: {
    title: 'Another tool manages the same fields',
    cause:
      'A field that the task wants to set is owned by another manager (Helm, kubectl apply, a GitOps controller) with another value.',
    fix: 'Let one of the two manage the object: remove it from the other tool, or leave out this task for it.',
  },
  KUB007: {
    title: 'An admission rule of the cluster refused the change',
    cause: 'Pod Security, a quota, Azure Policy (Gatekeeper) or another admission webhook does not allow the object.',
    fix: 'Read the rule in the answer below; except the namespace or the object from it, or use another namespace.',
  },
  KUB008: {
    title: 'The cluster does not know this kind of object',
    cause:
      'The API group or version is not served: a custom resource definition is missing, or the cluster is too old or too new.',
    fix: 'Install what defines the kind, then run the step again.',
  },
  KUB009: {
    title: 'Kubernetes refused a request',
    cause: 'The API server answered with an error that the task has no better words for.',
    fix: 'Read what the API server said below.',
  },
  KUB010: {
    title: 'The cluster wants a sign-in with Microsoft Entra, which did not succeed',
    cause:
      'The cluster signs in with Microsoft Entra; the task does that with the identity of the Azure service connection, which got no token for the application of the API server.',
    fix: 'Check the service connection; or use a Kubernetes service connection of type "Service Account" (input kubernetesServiceConnection), which needs no sign-in.',
  },
  KUB011: {
    title: 'The Kubernetes credential cannot be used',
    cause:
      'The kubeconfig or the Kubernetes service connection is incomplete, or wants to run a program or read a file on the agent, which the task never does.',
    fix: 'Use a kubeconfig with inline certificates or a token, or a service connection of type "Service Account".',
  },
  KUB012: {
    title: 'The API server is overloaded',
    cause: 'The API server answered 429, 500, 502, 503 or 504 until the time for retries was used up.',
    fix: 'Run the step again later; if it goes on, look at the health of the control plane (az aks show, Azure Service Health).',
  },
  KUB013: {
    title: 'Pods do not start',
    cause: 'The platform reports a reason that does not pass by waiting.',
    fix: 'Read the reason in the message: check the image and its registry, the events and the log of the pod (kubectl describe pod, kubectl logs).',
  },
  KUB014: {
    title: 'The roll-out did not finish in time',
    cause: 'Pods are still being created, scheduled or probed.',
    fix: 'Look at the pods (kubectl get pods, kubectl describe pod), then run the step again or raise timeoutInMinutes.',
  },
  KUB015: {
    title: 'A workload does not exist',
    cause: 'There is no object of this kind and name in the namespace.',
    fix: 'Correct the line, or deploy the workload before this step.',
  },
  KUB016: {
    title: 'A command could not be run in the pod',
    cause: 'The API server or the node refused or cut the connection for exec.',
    fix: 'Check that the pod is running and that the connection has get and create on pods/exec.',
  },
  KUB017: {
    title: 'An object in the cluster belongs to someone else',
    cause: 'An object of this name exists that this task neither made nor recognises as its own.',
    fix: 'Rename or delete that object, or choose another name in the inputs.',
  },
  KUB018: {
    title: 'The run command of the cluster failed',
    cause:
      'Azure could not start the command in the cluster, gave it up, or lost part of what it printed; the detail holds its own words.',
    fix: 'Check that the nodes have room for one more pod (namespace aks-command) and run the step again; or run it on an agent in the virtual network of the cluster with clusterAccess: direct.',
  },
  KUB019: {
    title: 'The run command of the cluster is disabled',
    cause: 'The cluster was set to refuse run commands (apiServerAccessProfile.disableRunCommand).',
    fix: 'Run the step on an agent that reaches the API server (in the virtual network of the cluster or a peered one, or from an authorized IP range) with clusterAccess: direct; or enable the run command: az aks update --enable-run-command.',
  },
  KUB020: {
    title: 'The certificate of the API server has expired',
    cause:
      'The certificates of the cluster were not renewed in time (they are when the cluster is upgraded or its certificates are rotated), or the clock of the agent is wrong.',
    fix: 'Compare the clock of the agent; then renew the certificates: az aks rotate-certs. Kubeconfigs and service connections made before that have to be made again.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const podIdentity = {
  POD001: {
    title: 'AAD Pod Identity is archived',
    cause: 'Microsoft archived AAD Pod Identity in 2023; it gets no fixes, security fixes included.',
    fix: 'Plan the move to its successor, Microsoft Entra Workload ID.',
  },
  POD002: {
    title: 'The cluster uses kubenet',
    cause:
      'On kubenet a pod can take the address of another pod (ARP spoofing) and get its tokens, so AAD Pod Identity refuses to run there.',
    fix: 'Use a cluster with Azure CNI, or accept the risk with the input allowKubenet.',
  },
  POD003: {
    title: 'The Pod Security level of the namespace forbids NMI',
    cause:
      'NMI runs in the host network with NET_ADMIN and host paths, which the levels baseline and restricted forbid.',
    fix: 'Choose another namespace, or set its label pod-security.kubernetes.io/enforce to privileged.',
  },
  POD004: {
    title: 'The cluster has the AKS add-on for AAD Pod Identity',
    cause: 'Add-on and own installation would both answer the token requests of the pods.',
    fix: 'Disable the add-on first: az aks update --disable-pod-identity.',
  },
  POD005: {
    title: 'AAD Pod Identity is still in use',
    cause: 'AzureIdentity or AzureIdentityBinding objects exist; pods that depend on them would lose their access.',
    fix: 'Remove them first (PodIdentityBind with action: remove), or set the input force.',
  },
  POD006: {
    title: 'AAD Pod Identity is not installed in the cluster',
    cause: 'The custom resource definitions of aadpodidentity.k8s.io are missing.',
    fix: 'Run PodIdentityInstall before this step.',
  },
  POD007: {
    title: 'The selector is bound to another identity',
    cause: 'Another AzureIdentityBinding has the same selector; pods would get whichever identity comes first.',
    fix: 'Choose another selector, or remove the other binding.',
  },
  POD008: {
    title: 'An AzureIdentity of the same name exists in another namespace',
    cause:
      'Assignments are named by pod, namespace and identity, so same-named identities of two namespaces can collide.',
    fix: 'Give one of them another name (azureIdentityName).',
  },
  POD009: {
    title: 'The identity was not assigned to the pods in time',
    cause: 'MIC has not put the identity on the virtual machine scale set of the nodes.',
    fix: 'Look at the log of MIC (kubectl logs -l app=mic): it names what is missing, mostly a role of the kubelet identity (AksRoleGrants grants them).',
  },
  POD010: {
    title: 'The label is lost when a pod is replaced',
    cause: 'The label was set on running pods, not on the pod template of their workload.',
    fix: 'Name the workload in the input workloads, so that new pods carry the label, too.',
  },
  POD011: {
    title: 'MIC did not become ready',
    cause: 'The controller of AAD Pod Identity has no leader yet: its pods do not run, or may not write Endpoints.',
    fix: 'Look at the pods and logs of MIC (kubectl get pods -l app=mic, kubectl logs -l app=mic).',
  },
  POD012: {
    title: 'NMI did not become ready on every Linux node',
    cause: 'A pod of the DaemonSet nmi is missing, not scheduled or not ready on a node.',
    fix: 'Look at the pods of NMI (kubectl get pods -l component=nmi -o wide) and at the node that lacks one.',
  },
  POD013: {
    title: 'The custom resource definitions were not established in time',
    cause: 'The API server has not accepted the names or does not serve the new API group yet.',
    fix: 'Run the step again; look at the conditions of the definition in the message (kubectl describe crd).',
  },
  POD014: {
    title: 'Another installation of AAD Pod Identity is there',
    cause: 'Objects of AAD Pod Identity exist that this task did not make (Helm, kubectl apply), with other values.',
    fix: 'Remove that installation first, or leave this task out.',
  },
  POD015: {
    title: 'The identity cannot be written as an AzureIdentity',
    cause: 'MIC ignores an AzureIdentity whose resource id or client id is malformed.',
    fix: 'Check the identity: its resource id must be that of a user-assigned identity, its client id a GUID.',
  },
  POD016: {
    title: 'A GitOps controller manages the workload',
    cause: 'Argo CD or Flux sets the workload back to what its source says, which has no such label.',
    fix: 'Write the label into the pod template at the source, and leave the workload out of workloads.',
  },
  POD020: {
    title: 'AAD Pod Identity belongs to a Helm release',
    cause: 'Helm made the installation, and its next upgrade would undo what this task changes.',
    fix: 'Keep it with Helm (helm upgrade) and leave this task out, or uninstall the release first (helm uninstall).',
  },
  POD030: {
    title: 'The AzureIdentity of this name is a service principal',
    cause:
      'An AzureIdentity of type 1 or 2 has the name already; a managed identity in its place would change whom its pods sign in as.',
    fix: 'Choose another name (azureIdentityName), or delete that AzureIdentity if nothing needs it.',
  },
} as const satisfies Record<string, CatalogueEntry>;

/** What can go wrong with a cluster and with AAD Pod Identity in it. */
export const kubernetes = { ...api, ...podIdentity } as const;
