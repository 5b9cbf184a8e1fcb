import { shell } from './shell.ts';

/**
 * Asks for the token and says who answered, and for whom: the instance metadata service's body has client_id, NMI's has
 * refresh_token and no client_id. The ids are read from the token's claims; they are no secrets.
 */
export const token = shell`get_token() {
  url='http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource='
  get "$url$resource\${client:+&client_id=$client}" 'Metadata: true' "$seconds"
  say token.failure "$failure"
  say token.status "$status"
  has_client= has_refresh= error= text=
  found() {
    case $1 in
      access_token) token=$2;; client_id) has_client=$2;; refresh_token) has_refresh=yes;;
      error) error=$2;; error_description) text=$2;;
    esac
  }
  case $body in '{'*) json "$body";; *) text=$body;; esac
  case $status in 200) ;; *) token=; say token.error "$error"; say token.text "$text"; finish;; esac
  case $token in '') say token.text 'the answer holds no access_token'; finish;; esac
  if [ -n "$has_client" ]; then say token.path imds; elif [ -n "$has_refresh" ]; then say token.path nmi; else say token.path other; fi
  claims=\${token#*.}; claims=$(unbase64 "\${claims%%.*}")
  found() {
    case $1 in
      oid) say token.oid "$2";; appid|azp) say token.client "$2";; tid) say token.tenant "$2";;
      xms_mirid) say token.resource "$2";; aud) say token.audience "$2";;
    esac
  }
  json "$claims"
}
`;
