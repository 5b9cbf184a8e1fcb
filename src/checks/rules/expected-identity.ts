import { listOf } from '../../runtime/text.ts';
import type { IdentityFact } from '../facts.ts';
import type { Rule } from './rule.ts';
import { failed, NEVER, notReached, passed } from './rule.ts';

export const identityRule: Rule = {
  title: ({ identity }) => `the identity that answered is ${expectedText(identity)}`,
  judge: ({ proof, identity }) => {
    if (proof?.state !== 'answered' || proof.answer.token?.state !== 'given') return notReached;
    const { clientId, objectId, resourceId } = proof.answer.token;
    if (clientId === undefined) return { status: 'unknown', because: 'the token does not say whose it is' };
    const who = `${nameOf(resourceId)}client id ${clientId}${objectId === undefined ? '' : `, object id ${objectId}`}`;
    const expected = clientIds(identity);
    if (typeof expected === 'string') return { status: 'unknown', because: `${expected}; it is ${who}` };
    if (expected.includes(clientId.toLowerCase())) return passed(who);
    const message = `The identity that answered has client id ${clientId}; expected: ${listOf(expected, 'or')}.`;
    return failed('CHK020', { message }, NEVER);
  },
};

function nameOf(resourceId: string | undefined): string {
  return resourceId === undefined ? '' : `${resourceId.split('/').at(-1) ?? ''}, `;
}

function expectedText(identity: IdentityFact | undefined): string {
  if (identity?.state === 'given') return 'the one asked for';
  return identity?.state === 'bound'
    ? listOf(
        identity.identities.map(({ name }) => name),
        'or',
      )
    : 'the expected one';
}

/** Client ids that may answer, or why they are not known. */
function clientIds(identity: IdentityFact | undefined): readonly string[] | string {
  switch (identity?.state) {
    case 'given':
      return [identity.clientId];
    case 'bound':
      return identity.identities.map(({ clientId }) => clientId);
    case 'unknown':
      return 'the bindings cannot be read';
    case 'unlabelled':
    case 'unbound':
    case undefined:
      return 'no binding says which identity the pod should have';
  }
}
