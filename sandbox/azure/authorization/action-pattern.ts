// Actions of role definitions with their wildcards. A star stands for any text, slashes included; between two slashes it
// also stands for nothing: "userAssignedIdentities/(star)/assign/action" covers "userAssignedIdentities/assign/action".
const compiled = new Map<string, RegExp>();

export function matchesAction(pattern: string, action: string): boolean {
  const expression = compiled.get(pattern) ?? compile(pattern);
  compiled.set(pattern, expression);
  return expression.test(action);
}

function compile(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('/*/', '/(§/)?').replaceAll('*', '.*').replaceAll('§', '.*')}$`, 'i');
}
