import { shell } from './shell.ts';

/**
 * Reads any JSON by splitting at quotes (one pass, so a value of 25 kB is quick) and calls `found PATH TEXT` for every
 * scalar down to three keys deep. Strings keep their escapes. A quote inside a string is always escaped, so no value can
 * pose as a member.
 */
export const json = shell`json() {
  inside=0 stack= key= wantkey=0 lit= str= k1= k2= k3= depth=0
  o2=$IFS; IFS='"'
  for piece in $1; do
    IFS=$o2
    if [ $inside = 1 ]; then
      back=\${piece##*[!\\]}
      case $back in "$piece") case $piece in *[!\\]*) back=;; esac;; esac
      str=$str$piece
      if [ $(( \${#back} % 2 )) = 1 ]; then str=$str'"'; else inside=0; string; fi
    else
      outside; inside=1 str=
    fi
    IFS='"'
  done
  IFS=$o2
}
string() {
  if [ $wantkey = 1 ]; then key=$str; else emit "$str"; fi
}
outside() {
  while [ -n "$piece" ]; do
    c=\${piece%"\${piece#?}"}; piece=\${piece#?}
    case $c in
      '{') literal; push o; wantkey=1;;
      '[') literal; push a; wantkey=0;;
      '}'|']') literal; pop;;
      ',') literal; case $stack in *o) wantkey=1;; *) wantkey=0;; esac;;
      ':') wantkey=0;;
      [a-zA-Z0-9.+-]) lit=$lit$c;;
    esac
  done
}
literal() { case $lit in ?*) emit "$lit"; lit=;; esac; }
push() {
  depth=$((depth + 1)); stack=$stack$1
  case $depth in 2) k1=$key;; 3) k2=$key;; 4) k3=$key;; esac
  key=
}
pop() { stack=\${stack%?}; depth=$((depth - 1)); wantkey=0; }
emit() {
  case $depth in
    1) found "$key" "$1";;
    2) found "$k1/$key" "$1";;
    3) found "$k1/$k2/$key" "$1";;
  esac
}
`;
