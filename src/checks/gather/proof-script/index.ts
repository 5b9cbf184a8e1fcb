import { decode } from './decode.ts';
import { json } from './json.ts';
import { output } from './output.ts';
import { request } from './request.ts';
import { secret } from './secret.ts';
import { shell } from './shell.ts';
import { token } from './token.ts';

const main = shell`exposed=
choose
say tool "$tool\${version:+ $version}"
case $tool in none) finish;; esac
case \${http_proxy:-} in ?*) say proxy yes;; esac
get_token
get_secret
case $exposed in yes) say exposed yes;; esac
finish
`;

/**
 * What runs inside the pod, as `sh -c SCRIPT sh HOST PATH CLIENT_ID NONCE EXPECTED SECONDS RESOURCE`: POSIX sh and one of curl or
 * wget, nothing else (no jq, no base64, nothing installed, nothing written to disk). It answers in lines `kp1 KEY TEXT`,
 * the last one `kp1 end 0`, and never prints the token, the value, or a digest of them. The pod's proxy settings stay.
 */
export const proofScript = [output, json, decode, request, token, secret, main].join('');
