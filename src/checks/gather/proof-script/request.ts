import { shell } from './shell.ts';

/**
 * One GET with the tool that is there; sets body, status (000 without an answer) and failure. The token goes to curl on
 * its standard input. GNU wget reads headers only from arguments or a regular file: it gets a file that is in memory and
 * has lost its name before the token is written. BusyBox wget knows arguments only: that exposure is reported.
 * GNU wget keeps the body of a 401 to itself and ends with 6, and a redirection that it may not follow with 8: it would
 * send the token along to whatever host the answer names.
 */
export const request = shell`choose() {
  tool=none
  if command -v curl >/dev/null 2>&1; then
    tool=curl; version=$(curl --version 2>/dev/null); version=\${version#curl }; version=\${version%% *}
    case $version in 7.[0-9].*|7.[1-4][0-9].*|7.5[0-4].*) tool=curl-old;; esac
  elif command -v wget >/dev/null 2>&1; then
    version=$(wget --version 2>&1); version=\${version%%"$nl"*}
    case $version in 'GNU Wget'*) tool=wget;; *) tool=wget-busybox version=;; esac
    limit=
    if command -v timeout >/dev/null 2>&1; then
      if timeout 5 true 2>/dev/null; then limit='timeout'; elif timeout -t 5 true 2>/dev/null; then limit='timeout -t'; fi
    fi
  fi
}
get() {
  url=$1 header=$2 most=$3 body= status=000 failure=
  case $tool in
    curl) reply=$(printf '%s\n' "$header" | curl -s --connect-timeout 10 -m "$most" -H @- -w '\n%{http_code}' "$url" 2>/dev/null)
      curl_result $?;;
    curl-old) reply=$(printf 'header = "%s"\n' "$header" | curl -s --connect-timeout 10 -m "$most" -K - -w '\n%{http_code}' "$url" 2>/dev/null)
      curl_result $?;;
    wget) gnu_wget;;
    wget-busybox) busybox_wget;;
  esac
}
curl_result() {
  status=\${reply##*"$nl"}; body=\${reply%"$nl"*}
  case $1 in
    0) ;; 6) failure=dns;; 7) failure=refused;; 28) failure=timeout;; 35|51|58|60|77) failure=tls;; *) failure="network $1";;
  esac
}
wget_settings() {
  for f in "\${SYSTEM_WGETRC:-/etc/wgetrc}" "\${WGETRC:-$HOME/.wgetrc}"; do
    if [ -f "$f" ] && [ -r "$f" ]; then while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done < "$f"; fi
  done
}
gnu_wget() {
  hidden=
  if [ -w /dev/shm ] && command -v rm >/dev/null 2>&1; then hidden=/dev/shm/kp$$; fi
  mask=$(umask); umask 077
  if [ -n "$hidden" ] && (set -C; : > "$hidden") 2>/dev/null; then
    exec 8<"$hidden" 9>"$hidden"; rm -f "$hidden"; umask "$mask"
    { wget_settings; printf 'header = %s\n' "$header"; } >&9; exec 9>&-
    reply=$(wget -q -O - --save-headers --content-on-error --connect-timeout=10 --read-timeout="$most" -t 1 --max-redirect=0 --config=/dev/fd/8 "$url" 2>/dev/null)
    result=$?; exec 8<&-
  else
    umask "$mask"; exposed=yes
    reply=$(wget -q -O - --save-headers --content-on-error --connect-timeout=10 --read-timeout="$most" -t 1 --max-redirect=0 --header="$header" "$url" 2>/dev/null)
    result=$?
  fi
  case $reply in HTTP/*)
    status=\${reply#* }; status=\${status%%[!0-9]*}
    blank="$nl$cr$nl"; body=\${reply#*"$blank"};;
  *) if [ $result = 6 ]; then status=401; elif [ $result = 8 ]; then status=302; else wget_failure $result "$(wget -nv -O /dev/null --connect-timeout=10 --read-timeout=10 -t 1 "$url" 2>&1)"; fi;;
  esac
}
busybox_wget() {
  exposed=yes
  reply=$(\${limit:+$limit "$most"} wget -q -O - --header "$header" "$url" 2>&1); result=$?
  case $result in
    0) status=200; body="{\${reply#*\{}";;
    124|143) failure=timeout;;
    *) case $reply in
      *'server returned error: HTTP/'*) status=\${reply##*server returned error: HTTP/}; status=\${status#* }; status=\${status%%[!0-9]*};;
      *) wget_failure $result "$reply";;
      esac;;
  esac
}
wget_failure() {
  case $2 in
    *'resolve'*|*'bad address'*) failure=dns;; *'refused'*) failure=refused;; *'imed out'*) failure=timeout;;
    *ertificate*|*SSL*|*TLS*) failure=tls;; *) failure="network $1";;
  esac
}
`;
