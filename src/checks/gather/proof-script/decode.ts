import { shell } from './shell.ts';

/** JSON string escapes to UTF-8 bytes, and base64url to bytes, by shell arithmetic and printf: containers may have no base64. */
export const decode = shell`octal() { oct="\\0$(( $1 / 64 ))$(( $1 / 8 % 8 ))$(( $1 % 8 ))"; }
utf8() {
  if [ $1 -lt 128 ]; then octal $1; u=$oct
  elif [ $1 -lt 2048 ]; then octal $(( 192 + $1 / 64 )); u=$oct; octal $(( 128 + $1 % 64 )); u=$u$oct
  elif [ $1 -lt 65536 ]; then
    octal $(( 224 + $1 / 4096 )); u=$oct; octal $(( 128 + $1 / 64 % 64 )); u=$u$oct
    octal $(( 128 + $1 % 64 )); u=$u$oct
  else
    octal $(( 240 + $1 / 262144 )); u=$oct; octal $(( 128 + $1 / 4096 % 64 )); u=$u$oct
    octal $(( 128 + $1 / 64 % 64 )); u=$u$oct; octal $(( 128 + $1 % 64 )); u=$u$oct
  fi
}
unescape() {
  literal=1 high=0
  o=$IFS; IFS='\'
  for p in $1; do
    IFS=$o
    if [ $literal = 1 ]; then printf %s "$p"; literal=0; continue; fi
    case $p in
      '') printf '\\'; literal=1;;
      n*) printf '\n%s' "\${p#?}";; t*) printf '\t%s' "\${p#?}";; r*) printf '\r%s' "\${p#?}";;
      b*) printf '\b%s' "\${p#?}";; f*) printf '\f%s' "\${p#?}";;
      u*)
        p=\${p#?}; tail=\${p#????}; code=$(( 0x\${p%"$tail"} ))
        if [ $code -ge 55296 ] && [ $code -le 56319 ]; then high=$code
        else
          [ $high = 0 ] || code=$(( 65536 + (high - 55296) * 1024 + code - 56320 ))
          high=0; utf8 $code; printf '%b%s' "$u" "$tail"
        fi;;
      *) printf %s "$p";;
    esac
  done
  IFS=$o
}
letters=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_
unbase64() {
  s=$1; bits=0 have=0 bytes=
  while [ -n "$s" ]; do
    c=\${s%"\${s#?}"}; s=\${s#?}
    before=\${letters%%"$c"*}
    [ \${#before} -lt 64 ] || return 0
    bits=$(( bits % 256 * 64 + \${#before} )); have=$(( have + 6 ))
    if [ $have -ge 8 ]; then
      have=$(( have - 8 )); shift_by $have; octal $(( bits / power % 256 )); bytes=$bytes$oct
    fi
  done
  printf %b "$bytes"
}
shift_by() { case $1 in 0) power=1;; 2) power=4;; 4) power=16;; 6) power=64;; esac; }
sha256() {
  if command -v sha256sum >/dev/null 2>&1; then h=$(sha256sum) || return 1; h=\${h%% *}
  elif command -v openssl >/dev/null 2>&1; then h=$(openssl dgst -sha256) || return 1; h=\${h##*= }
  elif command -v shasum >/dev/null 2>&1; then h=$(shasum -a 256) || return 1; h=\${h%% *}
  else return 1; fi
  printf %s "$h"
}
`;
