#!/bin/sh
# Makes the certificates of the tests anew, good for a hundred years. Nobody outside the tests trusts them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
days=36500

authority() { # NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj "/CN=Tests of Bourse: $1" \
    -keyout "$work/$1.key" -out "$1.pem" 2>/dev/null
}

certificate() { # NAME SUBJECT_ALTERNATIVE_NAMES
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$work/$1.csr" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$2" > "$work/$1.ext"
  openssl x509 -req -in "$work/$1.csr" -CA authority.pem -CAkey "$work/authority.key" -CAcreateserial \
    -CAserial "$work/serial" -days $days -extfile "$work/$1.ext" -out "$1.pem" 2>/dev/null
}

authority authority
authority other-authority
certificate first DNS:localhost,IP:127.0.0.1
certificate second DNS:localhost,IP:127.0.0.1
certificate elsewhere DNS:db.elsewhere.example
certificate name-only DNS:localhost
