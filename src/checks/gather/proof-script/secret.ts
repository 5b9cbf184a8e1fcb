import { shell } from './shell.ts';

/** Reads the secret and says everything about it but its value; the comparison happens here, salted by a nonce. */
export const secret = shell`get_secret() {
  get "https://$host$path?api-version=7.4" "Authorization: Bearer $token" 60
  say vault.failure "$failure"
  say vault.status "$status"
  code= inner= text= id=
  found() {
    case $1 in
      value) value=$2 hasvalue=yes;; id) id=$2;;
      attributes/enabled) say secret.enabled "$2";; attributes/exp) say secret.exp "$2";; attributes/nbf) say secret.nbf "$2";;
      error/code) code=$2;; error/message) text=$2;; error/innererror/code) inner=$2;;
    esac
  }
  case $status in 200) case $body in '{'*) json "$body";; esac; secret_result; return;; esac
  case $body in '{'*) json "$body";; *) text=$body;; esac
  say vault.code "$code"; say vault.inner "$inner"; say vault.text "$text"
}
secret_result() {
  case $hasvalue in yes) say secret.found yes;; *) return;; esac
  say secret.version "\${id##*/}"
  case $expected in ?*) ;; *) return;; esac
  got=$(unescape "$value" | sha256) || { say compare unable; return; }
  got=$(printf %s "$nonce:$got" | sha256)
  case $got in "$expected") say compare match;; *) say compare mismatch;; esac
}
`;
