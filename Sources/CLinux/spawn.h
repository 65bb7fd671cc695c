// SPDX-License-Identifier: Apache-2.0
// Between thread.c and spawn.c.
#ifndef CLINUX_SPAWN_H
#define CLINUX_SPAWN_H

// In a forked child: the CPUs and timer slack that the process had before any thread was narrowed. Async-signal-safe.
void clinux_widen(void);

#endif
