/** Routes of the sandbox's Azure that no vendored specification has, each with the reason. */
export const unspecified: readonly { readonly method: string; readonly path: RegExp; readonly reason: string }[] = [
  {
    method: 'GET',
    path: /\/providers\/Microsoft\.Compute\/virtualMachineScaleSets(\/[^/]+)?$/i,
    reason: 'Compute is imitated for its identities only; its specification is not vendored',
  },
  {
    method: 'PATCH',
    path: /\/providers\/Microsoft\.Compute\/virtualMachineScaleSets\/[^/]+$/i,
    reason: 'the same',
  },
  {
    method: 'GET',
    path: /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Authorization\/permissions$/i,
    reason:
      'the specification has the permissions at resource groups and resources only; the service has them at any scope',
  },
  {
    method: 'GET',
    path: /\/providers\/Microsoft\.Authorization\/locks(\/[^/]+)?$/i,
    reason: 'its specification is not vendored',
  },
  {
    method: 'GET',
    path: /^\/providers\/Microsoft\.Management\/managementGroups(\/[^/]+)?$/i,
    reason: 'its specification is not vendored',
  },
  {
    method: 'POST',
    path: /^\/providers\/Microsoft\.ResourceGraph\/resources$/i,
    reason: 'its specification is not vendored; @azure/arm-resourcegraph judges it',
  },
  {
    method: 'GET',
    path: /^\/metadata\/endpoints$/i,
    reason: 'what a cloud says of itself stands in no specification; the in-box tasks and az read it',
  },
  {
    method: 'GET',
    path: /\/locations\/[^/]+\/operation(Result)?s\/[^/]+$/i,
    reason: 'the addresses of long-running operations are told by headers and stand in no specification',
  },
];
