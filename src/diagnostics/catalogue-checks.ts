import type { CatalogueEntry } from './catalogue-entry.ts';

/** What PodSecretCheck tells apart. 00x: the pod, 01x: the token, 02x: the identity, 03x: the way to the vault, 04x: the secret. */
export const checks = {
  CHK001: {
    title: 'There is no ready pod to ask',
    cause: 'No pod of the workload or selector is running and ready in the namespace.',
    fix: 'Look at the pods (kubectl get pods, kubectl describe pod) and at the names in workload, podSelector and namespace.',
  },
  CHK002: {
    title: 'The container has no shell',
    cause: 'The proof runs as a shell script inside the container, and its image has no sh.',
    fix: 'Name another container of the pod in the input container, or run the check against a pod with a shell that uses the same identity.',
  },
  CHK003: {
    title: 'The container has neither curl nor wget',
    cause: 'The proof asks for token and secret with a program of the image; it installs nothing.',
    fix: 'Name a container with curl or wget in the input container, or add one of them to the image.',
  },
  CHK004: {
    title: 'The connection may not run commands in pods',
    cause:
      'The connection to the cluster lacks a verb on pods/exec in the namespace: get, or from Kubernetes 1.35 on create.',
    fix: 'Add pods/exec (get, create) to the ClusterRole of the connection (docs/permissions.md).',
  },
  CHK005: {
    title: 'The proof in the pod gave no complete answer',
    cause: 'The script was ended before its last line, or something in the pod answered in its place.',
    fix: 'Run the step again; look at the events and memory limits of the pod, and at the sh of its image.',
  },
  CHK006: {
    title: 'No ephemeral container could be added to the pod',
    cause:
      'The connection lacks the verb patch on pods/ephemeralcontainers, or the cluster admits none (Pod Security, a policy, a webhook).',
    fix: 'Add pods/ephemeralcontainers (patch) to the ClusterRole of the connection, or read below what refused it.',
  },
  CHK007: {
    title: 'The ephemeral container did not come to its end',
    cause: 'Its image could not be pulled, has no sh or does not start in this namespace, or its node took too long.',
    fix: 'Name an image that the nodes can pull in the input probeImage; it needs sh, and curl or wget.',
  },
  CHK010: {
    title: 'NMI knows no identity for the pod',
    cause:
      'The label aadpodidbinding of the pod matches no AzureIdentityBinding, or MIC has not assigned the identity (no rights on the scale set, identity unknown).',
    fix: 'Compare the label of the pod with the selector of the binding, then look at the log of MIC (kubectl logs -l component=mic).',
  },
  CHK011: {
    title: 'The instance metadata address does not answer',
    cause:
      'NMI is not running on the node of the pod, a network policy or the IMDS restriction of AKS blocks 169.254.169.254, or NMI itself gets no answer.',
    fix: 'Look at the NMI pod on that node (kubectl get pods -o wide -l component=nmi), its log, and network policies of the namespace.',
  },
  CHK012: {
    title: 'BYPASSED: the token came past NMI',
    cause:
      'The instance metadata service answered directly, so any pod on the node gets this identity: NMI is not running there, or the pod is on the host network, excepted, or older than NMI.',
    fix: 'Run NMI on the node of the pod, then restart the pod; remove hostNetwork and AzurePodIdentityException where they are not wanted.',
  },
  CHK013: {
    title: 'BYPASSED: several identities, and nobody chose',
    cause:
      'The instance metadata service answered directly, past NMI, and the scale set has more than one user-assigned identity.',
    fix: 'Run NMI on the node of the pod and restart the pod; a client id would only hide that NMI is bypassed.',
  },
  CHK014: {
    title: 'The identity is not on the scale set',
    cause:
      'Azure answers "Identity not found": the identity was deleted or made anew, or MIC has not put it on the scale set.',
    fix: 'Compare the client id of the AzureIdentity with the identity in Azure, and look at the log of MIC.',
  },
  CHK015: {
    title: 'The token request was refused',
    cause: 'NMI or the instance metadata service refused the request itself (status 400 or 403).',
    fix: 'Read what it said below; a 403 of NMI means that Azure gave NMI no token for the identity.',
  },
  CHK016: {
    title: 'The token request was refused for a reason that the pod cannot show',
    cause:
      'BusyBox wget drops the text of errors. Status 400 comes from a bypassed NMI with several identities, or from an identity that is not on the scale set.',
    fix: 'Run the check with a container that has curl, or see whether NMI runs on the node of the pod.',
  },
  CHK017: {
    title: 'Too many token requests',
    cause: 'The instance metadata service answers 429: pods on the node ask for more tokens than it allows.',
    fix: 'Wait a minute and run the step again; make applications keep their tokens.',
  },
  CHK020: {
    title: 'Another identity answered than the expected one',
    cause:
      'Several bindings match the label of the pod, the AzureIdentity names another identity, or NMI was bypassed.',
    fix: 'Leave one binding for the label of the pod, or give the client id in the input clientId.',
  },
  CHK030: {
    title: 'The name of the vault does not resolve in the pod',
    cause:
      'The vault was deleted or its name is misspelt, or the DNS of the cluster lacks the private zone of the vault.',
    fix: 'Check the name; for a private endpoint, link its private DNS zone (privatelink.vaultcore.…) to the network of the cluster.',
  },
  CHK031: {
    title: 'The pod cannot reach the vault',
    cause: 'The connection was refused, cut or timed out, or the certificate that answered is not trusted in the pod.',
    fix: 'Allow port 443 to the vault in network policies, firewall and proxy of the cluster; check the CA certificates of the image.',
  },
  CHK032: {
    title: 'The firewall of the vault refuses the pod',
    cause: 'The network rules of the vault do not allow the address that the pod comes from.',
    fix: 'Add the address, or the subnet of the cluster, to the network rules of the vault, or use a private endpoint.',
  },
  CHK033: {
    title: 'The vault is open to private connections only',
    cause: 'Public network access of the vault is disabled, and the pod came by the public way.',
    fix: 'Give the vault a private endpoint in the network of the cluster and link its private DNS zone (privatelink.vaultcore.…) there.',
  },
  CHK034: {
    title: 'The vault is throttling',
    cause: 'The vault answers 429: it gets more requests than it serves.',
    fix: 'Wait and run the step again; make applications keep what they read.',
  },
  CHK040: {
    title: 'No access policy lets the identity read secrets',
    cause: 'The vault uses access policies, and none gives "get" on secrets to the object id that asked.',
    fix: 'Run KeyVaultGrant for the identity: the policy must name its object id, not its client id.',
  },
  CHK041: {
    title: 'No role lets the identity read the secret',
    cause:
      'The vault uses Azure RBAC, and no role assignment of the identity carries getSecret, or it is not effective yet.',
    fix: 'Run KeyVaultGrant for the identity (role Key Vault Secrets User). A new assignment takes up to ten minutes.',
  },
  CHK042: {
    title: 'The access policy is for an application acting for a user',
    cause:
      'The policy of the identity has an application id (compound identity), which a managed identity never matches.',
    fix: 'Remove the entry with the application id and run KeyVaultGrant for the identity.',
  },
  CHK043: {
    title: 'The secret does not exist; the access works',
    cause: 'The vault says SecretNotFound only to callers that may read, so identity and permission are proven.',
    fix: 'Check secretName and secretVersion, or recover the secret if it was deleted.',
  },
  CHK044: {
    title: 'The secret is disabled',
    cause: 'The version that was asked for is disabled in the vault; identity and permission are fine.',
    fix: 'Enable the version, or add a new one.',
  },
  CHK045: {
    title: 'The vault does not accept the token',
    cause: 'The token is for another audience or from another tenant than the vault.',
    fix: 'Use an identity of the tenant of the vault.',
  },
  CHK046: {
    title: 'The vault refused with 403 for a reason that the pod cannot show',
    cause:
      'BusyBox wget drops the text of errors, and what Azure says of the vault leaves more than one reason: permission, network rules, or a disabled secret.',
    fix: 'Run the check with a container that has curl; give the service connection read access to the vault so that the reasons can be narrowed.',
  },
  CHK047: {
    title: 'The vault answered in an unexpected way',
    cause: 'The answer is none of a key vault: a proxy may have answered in its place.',
    fix: 'Read what was said below, and look at the proxy settings of the pod.',
  },
  CHK048: {
    title: 'The secret has expired',
    cause: 'The expiry date of the secret has passed. Key Vault still returns it.',
    fix: 'Add a new version of the secret.',
  },
  CHK049: {
    title: 'The secret is not valid yet',
    cause: 'The activation date of the secret lies ahead. Key Vault returns it all the same.',
    fix: 'Correct the activation date, or wait for it.',
  },
  CHK050: {
    title: 'The secret has another value than the expected one',
    cause: 'The pod compared the SHA-256 of the value that it read with expectedSha256, and they differ.',
    fix: 'See which version is current; expectedSha256 is of the UTF-8 bytes of the value, without a line break at its end.',
  },
  CHK051: {
    title: 'The pod cannot compare the value',
    cause: 'The container has none of sha256sum, openssl and shasum.',
    fix: 'Leave expectedSha256 empty, or use a container that has one of them.',
  },
} as const satisfies Record<string, CatalogueEntry>;
