# Sourced by ./jdos and ./check with $home set: finds or installs Node.js and the packages; leaves the path of a fit Node.js
# in $node. Silent unless it installs.
#   JDOS_NODE   the node to use, instead of the one on PATH
NODE_VERSION=24.21.0

say() { echo "jdos: $*" >&2; }
die() { say "$*"; exit 1; }

# Is $1 a Node.js that can run JDOS? Then prints where it really is (behind the shims of version managers).
recent() {
  "$1" -e 'if (parseInt(process.versions.node) >= 24) console.log(process.execPath); else process.exit(1)' 2>/dev/null
}

packaged_name() {
  os=$(uname -s) cpu=$(uname -m)
  case $os in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) die "no Node.js package for $os; install Node.js 24 or newer and set JDOS_NODE to it" ;;
  esac
  case $cpu in
    x86_64 | amd64) cpu=x64 ;;
    aarch64 | arm64) cpu=arm64 ;;
    *) die "no Node.js package for $cpu; install Node.js 24 or newer and set JDOS_NODE to it" ;;
  esac
  echo "node-$os-$cpu"
}

# One installer at a time. A lock whose owner has died is taken over.
lock() {
  mkdir -p "$home/.tools"
  waited=0
  until mkdir "$home/.tools/lock" 2>/dev/null; do
    [ -d "$home/.tools" ] && [ -w "$home/.tools" ] || die "cannot write to $home/.tools"
    owner=$(cat "$home/.tools/lock/pid" 2>/dev/null || true)
    if abandoned "$owner" "$waited"; then
      break_lock "$owner"
    else
      [ "$waited" -ne 2 ] || say "waiting for another jdos (process $owner) that is installing"
      waited=$((waited + 1))
      sleep 1
    fi
  done
  trap 'rm -rf "$home/.tools/lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  echo $$ >"$home/.tools/lock/pid"
}

# Did the lock's owner die, or never come to write his name?
abandoned() {
  if [ -n "$1" ]; then ! kill -0 "$1" 2>/dev/null; else [ "$2" -ge 10 ]; fi
}

# Moves the dead owner's lock away; if a new owner was quicker, puts his back.
break_lock() {
  aside="$home/.tools/lock.$$"
  mv "$home/.tools/lock" "$aside" 2>/dev/null || return 0
  if [ "$(cat "$aside/pid" 2>/dev/null || true)" = "$1" ]; then
    rm -rf "$aside"
  else
    mv "$aside" "$home/.tools/lock" 2>/dev/null || rm -rf "$aside"
  fi
}

unlock() {
  rm -rf "$home/.tools/lock"
  trap - EXIT INT TERM HUP
}

npm_quietly() {
  command -v npm >/dev/null 2>&1 || die "npm is needed to install $1 and is not on PATH"
  shift
  npm "$@" --ignore-scripts --no-fund --no-audit --loglevel=error >&2
}

find_node() {
  if [ -n "${JDOS_NODE:-}" ]; then
    node=$(recent "$JDOS_NODE") || die "JDOS_NODE=$JDOS_NODE is not Node.js 24 or newer"
    return
  fi
  # The answer of the last run holds while that binary is unchanged and PATH still leads to the same place.
  on_path=$(command -v node || true)
  if [ -f "$home/.cache/node" ]; then
    { read -r asked; read -r node; } <"$home/.cache/node" || node=
    [ "$asked" = "$on_path" ] && [ -n "$node" ] && [ -x "$node" ] && [ "$home/.cache/node" -nt "$node" ] && return
  fi
  node=
  [ -n "$on_path" ] && node=$(recent "$on_path") || install_node
  mkdir -p "$home/.cache" 2>/dev/null && printf '%s\n%s\n' "$on_path" "$node" >"$home/.cache/node.$$" 2>/dev/null &&
    mv "$home/.cache/node.$$" "$home/.cache/node" || true
}

install_node() {
  package=$(packaged_name)
  binary="$home/.tools/node/node_modules/$package/bin/node"
  node=$(recent "$binary") && return
  lock
  if ! node=$(recent "$binary"); then
    say "installing Node.js $NODE_VERSION into .tools/node (once)"
    mkdir -p "$home/.tools/node"
    npm_quietly "Node.js 24" install --prefix "$home/.tools/node" --no-package-lock "$package@$NODE_VERSION" ||
      die "cannot install $package $NODE_VERSION from npm; install Node.js 24 or newer and set JDOS_NODE to it"
    node=$(recent "$binary") || die "the installed $binary does not run here"
  fi
  unlock
}

installed() { cmp -s "$home/package-lock.json" "$home/node_modules/.jdos-installed"; }

install_packages() {
  lock
  if ! installed && ! "$node" "$home/src/cli/installed.ts" "$home" 2>/dev/null; then
    say "installing packages (once for each package-lock.json)"
    (cd "$home" && PATH="$(dirname "$node"):$PATH" npm_quietly "packages" ci) || die "npm ci failed in $home"
  fi
  cp "$home/package-lock.json" "$home/node_modules/.jdos-installed"
  unlock
}

find_node
installed || install_packages

export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$home/.cache/compile}"
# Two heaps of malloc for all threads: one a thread keeps some 25 MB that nobody uses, and is not quicker here.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
