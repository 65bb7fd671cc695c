// SPDX-License-Identifier: Apache-2.0
// Shared by this target's files.
#ifndef WATCH_INTERNAL_H
#define WATCH_INTERNAL_H

#include "provider_watch.h"

// The call into the provider that this thread is in, and whether it has come back into the host from there.
extern __thread uint32_t watch_current;
extern __thread uint32_t watch_in_host;
// Where the stack was when the call began.
extern __thread const char *watch_frame;
// In this call so far: allocations and frees, where the first was, and whether it told people something.
extern __thread uint64_t watch_pending, watch_pending_at;
extern __thread int watch_told;
extern int watch_armed;
extern watch_call_t watch_calls[WATCH_CALLS];

// Whether what happens on this thread now is a real-time callback's own doing.
static inline int watch_is_guarded(void) {
  return watch_armed && watch_current >= WATCH_FIRST_REAL_TIME && !watch_in_host;
}
// The place in the plugin's file nearest to here on the stack, 0 = none found.
uint64_t watch_place(void);
// The host's functions, wrapped. One kind of host per process.
void watch_wrap_host(tompion_host_t *wrapped, const tompion_host_t *host);

typedef struct watch_begun {
  int64_t at_ns, cpu_ns;
  long slept;
  uint32_t before;
  const char *frame;
} watch_begun_t;

watch_begun_t watch_begin(uint32_t call);
void watch_end(uint32_t call, const watch_begun_t *begun);

#endif
