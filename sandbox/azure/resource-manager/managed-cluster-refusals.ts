/** Refusals of Azure Kubernetes Service itself. Texts: public issue threads. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import type { Operation } from '../state/operations.ts';
import { ArmRefusal } from './refusal.ts';

/** The service writes its own refusals without the frame that Resource Manager's have. */
export class ClusterRefusal extends ArmRefusal {
  override response(): SandboxResponse {
    const { status, code, message, headers } = this;
    return { status, headers, body: { code, details: null, message, subcode: '' } };
  }
}

export const clusterErrors = {
  noLocalAccounts: (): ArmRefusal =>
    new ClusterRefusal(
      400,
      'BadRequest',
      'Getting static credential is not allowed because this cluster is set to disable local accounts.',
    ),
  stopped: (name: string): ArmRefusal =>
    new ClusterRefusal(
      409,
      'OperationNotAllowed',
      `Operation is not allowed: managed cluster ${name} is stopped. Start the cluster first.`,
    ),
  inProgress: ({ id, startTime }: Operation): ArmRefusal =>
    new ClusterRefusal(
      409,
      'OperationNotAllowed',
      `Operation is not allowed because there's an in progress update managed cluster operation (operation ID: ${id}) on the managed cluster started on UTC ${startTime.toISOString().replace(/\.\d+/, '')}. Please wait for it to finish before starting a new operation. You can also use 'az aks operation-abort ...' to abort the ongoing operation.`,
    ),
  busy: (state: string): ArmRefusal =>
    new ClusterRefusal(
      409,
      'OperationNotAllowed',
      `Operation is not allowed: Another operation (${state}) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details`,
    ),
  issuerStays: (): ArmRefusal =>
    new ClusterRefusal(400, 'OIDCIssuerFeatureCannotBeDisabled', 'OIDC issuer feature cannot be disabled.'),
  // Text: the sandbox's own.
  etagMismatch: (): ArmRefusal =>
    new ClusterRefusal(412, 'PreconditionFailed', 'The etag of the managed cluster is not the one of the request.'),
  // Texts of these two: the sandbox's own.
  noRunCommand: (): ArmRefusal =>
    new ClusterRefusal(400, 'BadRequest', 'Run command is disabled for this managed cluster.'),
  noClusterToken: (): ArmRefusal =>
    new ClusterRefusal(400, 'BadRequest', 'A cluster that signs in with Microsoft Entra needs a cluster token.'),
  commandNotFound: (id: string): ArmRefusal =>
    new ClusterRefusal(404, 'NotFound', `The command result ${id} was not found.`),
};
