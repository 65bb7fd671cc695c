# SPDX-License-Identifier: Apache-2.0
# Sourced by the tools: where things are, what they need, and how to start things without the right to set a clock.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/.build
[ -x /opt/swift/usr/bin/swift ] && PATH=/opt/swift/usr/bin:$PATH
export PATH

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }
# A command line that makes no sense.
misuse() { say "$(basename "$0"): $*; try --help"; exit 2; }

# whole_number OPTION TEXT LEAST MOST: refuses what is not a whole number in that range.
whole_number() {
  [[ $2 =~ ^[0-9]{1,18}$ ]] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || misuse "$1 takes a whole number from $3 to $4, not '$2'"
}

# need PACKAGE...: installs the Debian packages that are missing.
need() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "these Debian packages are missing: ${missing[*]}. Install them as root, then run this again."
    sudo=sudo
  fi
  say "Installing ${missing[*]} ..."
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# What every build needs.
need_to_build() {
  command -v swift >/dev/null || die "there is no Swift 6.3 toolchain on the PATH or in /opt/swift (https://www.swift.org/install/linux)."
  need gcc g++ make pkg-config binutils liburing-dev libssl-dev libcap-dev libtomlplusplus-dev patchelf util-linux
}

# Runs a command that can never set a clock: without CAP_SYS_TIME, whoever starts it.
without_sys_time() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --bounding-set=-sys_time --inh-caps=-sys_time "$@"
  else
    setpriv --no-new-privs "$@"
  fi
}

# Flags that every build shares: an import of a package target that is not declared is an error.
SWIFT_FLAGS=(--explicit-target-dependency-import-check error)
# And the release builds of what ships: no path of this machine inside. All that build in release into one folder have to agree on them, or each
# would build everything anew. What they make finds the Swift runtime by its own run path (Tools/build) or by swift_runtime.
RELEASE_FLAGS=("${SWIFT_FLAGS[@]}" -c release --disable-local-rpath -Xswiftc -no-toolchain-stdlib-rpath
  -Xswiftc -file-prefix-map -Xswiftc "$ROOT=." -Xcc "-ffile-prefix-map=$ROOT=." -Xcxx "-ffile-prefix-map=$ROOT=.")
swift_runtime() { readlink -f "$(dirname "$(readlink -f "$(command -v swift)")")/../lib/swift/linux"; }
