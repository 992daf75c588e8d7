#!/bin/bash
# install.sh NAME...: install what these test servers need, and the networks' own documents that tests are checked by.
# Python and npm packages go under $SERVERS_HOME, Debian packages to the system (needs root). Nothing is done twice.
set -euo pipefail
cd "$(dirname "$0")"
HOME_DIR=${SERVERS_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/rollbook-test-servers}
mkdir -p "$HOME_DIR/installed"
if git -C "$HOME_DIR" rev-parse --is-inside-work-tree 2>/dev/null | grep -q true; then
  echo "SERVERS_HOME=$HOME_DIR lies inside a git work tree; choose another" >&2; exit 2
fi
exec 9>"$HOME_DIR/lock"; flock 9   # one install at a time
stamp=$(cksum <install.sh)

debian() {
  local missing=() p
  for p in "$@"; do dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p"); done
  [ ${#missing[@]} != 0 ] || return 0
  [ "$(id -u)" = 0 ] || { echo "as root: apt-get install --no-install-recommends ${missing[*]}" >&2; exit 2; }
  local rc=0 guard=/usr/sbin/policy-rc.d   # so that no package starts a service of its own, apache2 on every interface
  [ -e $guard ] || { trap 'rm -f /usr/sbin/policy-rc.d' EXIT; printf '#!/bin/sh\nexit 101\n' >$guard; chmod +x $guard; }
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}"; } >"$HOME_DIR/apt.log" 2>&1 || rc=$?
  [ $rc = 0 ] || { tail -n 20 "$HOME_DIR/apt.log" >&2; exit $rc; }
}
python() { # one virtual environment per server
  [ -x "$HOME_DIR/$name/bin/pip" ] || python3 -m venv "$HOME_DIR/$name"
  "$HOME_DIR/$name/bin/pip" install -q "$@"
}
document() { # document PACKAGE PART: one part of a package, to be read and never run
  [ -x "$HOME_DIR/$name/bin/pip" ] || python3 -m venv "$HOME_DIR/$name"
  rm -rf "$HOME_DIR/$name"/*.whl "$HOME_DIR/$name/read"
  "$HOME_DIR/$name/bin/pip" download -q --no-deps --only-binary :all: --dest "$HOME_DIR/$name" "$1"
  python3 -c 'import sys, zipfile; wheel = zipfile.ZipFile(sys.argv[1])
wheel.extractall(sys.argv[2], [part for part in wheel.namelist() if part.startswith(sys.argv[3])])' \
    "$HOME_DIR/$name"/*.whl "$HOME_DIR/$name/read" "$2"
  rm "$HOME_DIR/$name"/*.whl
}
atproto() {
  command -v npm >/dev/null || debian nodejs npm
  [ "$(node -p 'process.versions.node.split(".")[0]')" = 20 ] || echo "warning: tried with Node 20 only" >&2
  { command -v g++ && command -v make; } >/dev/null || debian g++ make
  local node; node=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  [ ! -e "$node/include/node/node.h" ] || export npm_config_nodedir=$node   # better-sqlite3 is compiled: with Node's own headers
  npm install --loglevel=error --no-audit --no-fund --prefix "$HOME_DIR/atproto" @atproto/dev-env@0.3.215 >/dev/null
}
prism() {
  command -v npm >/dev/null || debian nodejs npm
  npm install --ignore-scripts --loglevel=error --no-audit --no-fund --prefix "$HOME_DIR/prism" @stoplight/prism-cli@5.16.0 >/dev/null
}

for name in "$@"; do
  [ "$(cat "$HOME_DIR/installed/$name" 2>/dev/null)" != "$stamp" ] || continue
  case $name in
    pds_only) atproto ;;
    atproto_devenv) debian postgresql redis-server; atproto ;;
    masto_mock) python mastodon-mock==0.6.1 ;;
    wordpress) debian wordpress php-cli php-mysql php-gd php-xml php-curl mariadb-server ;;
    mediawiki) debian mediawiki php-cli php-sqlite3 php-mbstring php-xml php-intl php-gd php-curl php-apcu ;;
    misago) debian postgresql; python misago==0.39.6 ;;
    feeds) debian hugo ;;
    wget) debian wget ;;
    x_prism) prism ;;
    youtube_document) document google-api-python-client==2.202.0 googleapiclient/discovery_cache/documents/youtube.v3.json ;;
    graph_types) document facebook-business==25.0.3 facebook_business/ ;;
    *) echo "no such server: $name" >&2; exit 2 ;;
  esac
  echo "$stamp" >"$HOME_DIR/installed/$name"
done
