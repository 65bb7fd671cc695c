# SPDX-License-Identifier: Apache-2.0
# Sourced by the guest's tools, after Tools/environment.sh: where the laboratory is, and how to say that something cannot be had.
HERE=$ROOT/Tools/guest
LAB=${TOMPION_LAB:-$HOME/.cache/tompion-lab}
export LAB

# What cannot be had here is no failure of the daemon: the caller counts the tests as skipped, with this reason.
SKIPPED=77
skip() { say "$*"; exit $SKIPPED; }

# The kernel that was fetched, by its release.
kernel_release() { cat "$LAB/kernel-release"; }
