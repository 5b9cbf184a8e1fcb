import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { Connection } from './connection.ts';
import { networkFailure } from './network-failure.ts';
import type { Efforts } from './patience/unanswered.ts';
import { saidEfforts } from './patience/unanswered.ts';

interface KnownError {
  readonly code: 'CON002' | 'CON005';
  readonly cause: string;
  readonly fix?: string;
}

/** What Microsoft Entra's error numbers mean for a service connection, and what to do. */
const knownErrors: Readonly<Record<string, KnownError>> = {
  '7000215': { code: 'CON002', cause: 'The client secret is wrong.' },
  '7000222': { code: 'CON002', cause: 'The client secret has expired.' },
  '700016': { code: 'CON002', cause: 'The application (client id) does not exist in the tenant.' },
  '90002': { code: 'CON002', cause: 'The tenant does not exist, or belongs to another cloud.' },
  '900382': {
    code: 'CON002',
    cause: 'The application belongs to another cloud than the service connection.',
    fix: 'Check the environment of the service connection.',
  },
  '700024': {
    code: 'CON002',
    cause: 'The assertion of Azure DevOps is not valid at this time: it expired, or the clock of the agent is wrong.',
    fix: 'Run the step again; if it happens again, check the clock of the agent.',
  },
  '700027': {
    code: 'CON002',
    cause: 'The certificate is not registered with the application, has expired, or its key belongs to another one.',
    fix: 'Compare the thumbprint below with the certificates of the app registration, and put the right certificate and key into the service connection.',
  },
  '700023': {
    code: 'CON002',
    cause: 'The assertion that was signed with the certificate names another authority or tenant.',
    fix: 'Check tenant and environment of the service connection.',
  },
  '70021': { code: 'CON005', cause: 'No federated credential matches the assertion of Azure DevOps.' },
  '700211': { code: 'CON005', cause: 'No federated credential of the application has the issuer of the assertion.' },
  '700213': { code: 'CON005', cause: 'No federated credential of the application has the subject of the assertion.' },
};

/** The same of ADFS (Azure Stack Hub): texts as public threads quote them (msal-js 6281, 6915; native-headless 19). */
const adfsErrors: Readonly<Record<string, KnownError>> = {
  '9622': { code: 'CON002', cause: 'The client secret is wrong, or ADFS does not know the certificate.' },
  '9223': { code: 'CON002', cause: 'The application (client id) does not exist in this ADFS.' },
  '9605': { code: 'CON002', cause: 'The application may not ask for tokens of this Azure Stack Hub.' },
  '9602': {
    code: 'CON002',
    cause: 'ADFS does not know the audience of Azure Resource Manager that the service connection names.',
    fix: 'Compare it with the audiences that the address /metadata/endpoints?api-version=2015-01-01 of the Azure Resource Manager names, and save the service connection again.',
  },
};

/** A refusal of Microsoft Entra or ADFS as a diagnostic, by its number. `said`: its `error_description`. */
export function tokenRefused(said: string, connection: Connection): DiagnosticError {
  const [text, issuer, number] = /(AADSTS|MSIS)(\d+)/.exec(said) ?? [];
  if (text === undefined || number === undefined) {
    const message = `${hostOf(connection)} gave no token to the service connection.`;
    return new DiagnosticError('CON002', { message, detail: said.slice(0, 400) });
  }
  return issuer === 'MSIS'
    ? refusal(`ADFS gave no token to the service connection (${text}).`, adfsErrors[number], firstLine(said, text))
    : refusal(
        `Microsoft Entra gave no token to the service connection (${text}).`,
        number === '700212' ? wrongAudience(connection) : knownErrors[number],
        firstLine(said, text),
      );
}

function refusal(message: string, known: KnownError | undefined, detail: string): DiagnosticError {
  const { code = 'CON002', ...told } = known ?? {};
  return new DiagnosticError(code, { message, ...told, detail });
}

/** CON004 or AZR008; an error that is already understood is passed on. */
export function tokenUnreachable(error: unknown, connection: Connection): DiagnosticError {
  return networkFailure(error, hostOf(connection), 'get a token for the service connection');
}

/** CON004 for an answer that is neither a token nor a refusal: something on the way answered in Entra's place. */
export function notEntra(status: number, connection: Connection, efforts: Efforts): DiagnosticError {
  const said = [`status ${String(status)}`, saidEfforts(efforts)].filter((part) => part !== undefined).join(', ');
  return new DiagnosticError('CON004', {
    message: `${hostOf(connection)} gave no token to the service connection, and no refusal of Microsoft Entra (${said}).`,
    cause: 'A proxy or a sign-in page of the network answered in its place, or Microsoft Entra is not available.',
  });
}

function hostOf({ cloud }: Connection): string {
  return new URL(cloud.authority).host;
}

/** AADSTS700212. The audience differs from cloud to cloud, and the portal of each proposes its own. */
function wrongAudience({ cloud }: Connection): KnownError {
  return {
    code: 'CON005',
    cause: 'No federated credential of the application has the audience of the assertion.',
    fix: `Give the federated credential the audience that the text below names; in ${cloud.name} that is ${cloud.federationAudience}.`,
  };
}

function firstLine(text: string, number: string): string {
  const from = text.slice(text.indexOf(number));
  return (from.split(/\r?\n|\\r\\n/)[0] ?? '').slice(0, 400);
}
