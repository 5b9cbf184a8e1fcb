/** 200 values of secrets, each of a kind that has slipped through masks, shells or parsers somewhere. */

const edges: readonly string[] = [
  '',
  'x"\\\n'.repeat(5000) + 'y'.repeat(5600),
  '##vso[task.setvariable variable=stolen]yes',
  'before ##vso[task.complete result=Succeeded;]done',
  '##[error]not an error',
  'kp1 end 0',
  'first\nkp1 secret.found yes\nkp1 end 0',
  '{"value":"inner","id":"https://other/secrets/x/ffffffffffffffffffffffffffffffff"}',
  '[{"access_token":"no"}]',
  String.raw`\",\"value\":\"other`,
  '"',
  '\\',
  String.raw`\\"\\`,
  "'; exit 3; '",
  '$(touch stolen)',
  '`touch stolen`',
  '${HOME} $PATH $$ $? $!',
  '%s%n%d %% %b \\0101 \\x41 \\c hidden',
  '* ? [a-z] ~ {a,b}',
  '-e -n --help',
  ' leading and trailing ',
  '\n\n\n',
  '\r\nHTTP/1.1 200 OK\r\n\r\n',
  '\tTab\vVertical\fForm\bBack',
  '\u0000\u0001\u0002\u001F\u007F',
  'Grüße, 世界, Привет, مرحبا',
  '\u{1F511}\u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
  '\uFEFFbyte order mark \u2028 \u2029 \u202E',
  'e\u0301 \u00E9',
  '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n',
  'Server=tcp:db.example;User ID=sa;Password=p"a\'s;s%20w;',
  '<html><body>Sign in</body></html>',
  'true',
  'null',
  '0',
  '1e999',
];

/** As a binary value reaches a vault: bytes read as Latin-1, or as base64. Seeded, so that a failure can be repeated. */
function binary(seed: number): string {
  let state = seed;
  const bytes = Buffer.from(
    Array.from({ length: 16 + ((seed * 37) % 300) }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (state >> 16) & 255;
    }),
  );
  return bytes.toString(seed % 2 === 0 ? 'latin1' : 'base64');
}

/** The shortest value stands first, the longest that a vault holds (25 kB) second. */
export const secretValues: readonly string[] = [
  ...edges,
  ...Array.from({ length: 200 - edges.length }, (_each, index) => binary(index + 1)),
];
