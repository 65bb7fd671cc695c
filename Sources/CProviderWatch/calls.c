// SPDX-License-Identifier: Apache-2.0
// Which call is under way, and how long each takes.
#define _GNU_SOURCE
#include <sys/resource.h>
#include <time.h>

#include "watch_internal.h"

__thread uint32_t watch_current;
__thread uint32_t watch_in_host;
__thread const char *watch_frame;
__thread uint64_t watch_pending, watch_pending_at;
__thread int watch_told;
int watch_armed;
watch_call_t watch_calls[WATCH_CALLS];
static watch_page_t own_page;
static watch_page_t *shared = &own_page;

static const char *const names[WATCH_CALLS] = {
    "nothing", "open", "init", "start", "stop", "close", "command", "get_extension", "worker_open", "worker_close", "poll",
    "receive", "transmitted", "failed", "expired", "resolved"};

const char *watch_name(uint32_t call) { return call < WATCH_CALLS ? names[call] : "a call"; }
watch_call_t watch_result(uint32_t call) { return watch_calls[call < WATCH_CALLS ? call : 0]; }
void watch_arm(int32_t armed) { watch_armed = armed; }
void watch_share(void *page) { shared = page; }
void watch_step(uint64_t step) { __atomic_store_n(&shared->step, step, __ATOMIC_RELAXED); }

static int64_t now(clockid_t clock) {
  struct timespec t = {0, 0};
  clock_gettime(clock, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

watch_page_t watch_read(const void *page, int64_t *for_ns) {
  const watch_page_t *there = page;
  watch_page_t copy = {.step = __atomic_load_n(&there->step, __ATOMIC_RELAXED),
                       .since_ns = __atomic_load_n(&there->since_ns, __ATOMIC_RELAXED),
                       .call = __atomic_load_n(&there->call, __ATOMIC_ACQUIRE)};
  *for_ns = copy.call ? now(CLOCK_MONOTONIC) - copy.since_ns : 0;
  return copy;
}

static long sleeps(void) {
  struct rusage usage;
  return getrusage(RUSAGE_THREAD, &usage) ? 0 : usage.ru_nvcsw;
}

watch_begun_t watch_begin(uint32_t call) {
  watch_begun_t begun = {.at_ns = now(CLOCK_MONOTONIC), .cpu_ns = now(CLOCK_THREAD_CPUTIME_ID), .slept = sleeps(),
                         .before = watch_current, .frame = watch_frame};
  __atomic_store_n(&shared->since_ns, begun.at_ns, __ATOMIC_RELAXED);
  __atomic_store_n(&shared->call, call, __ATOMIC_RELEASE);
  watch_frame = __builtin_frame_address(0);
  watch_current = call;
  watch_pending = 0;
  watch_told = 0;
  return begun;
}

void watch_end(uint32_t call, const watch_begun_t *begun) {
  watch_current = begun->before;
  watch_frame = begun->frame;
  __atomic_store_n(&shared->call, WATCH_NONE, __ATOMIC_RELEASE);
  // Another program may have had the processor meanwhile: that is not the provider's doing. Having slept is.
  int64_t took = now(CLOCK_MONOTONIC) - begun->at_ns;
  int64_t computed = now(CLOCK_THREAD_CPUTIME_ID) - begun->cpu_ns;
  if (sleeps() == begun->slept && computed < took) took = computed;
  watch_call_t *result = &watch_calls[call];
  if (watch_armed && watch_told) {
    result->telling_calls += 1;
    result->telling_allocations += watch_pending;
  } else if (watch_pending) {
    if (!result->allocations) result->allocation_at = watch_pending_at;
    result->allocations += watch_pending;
  }
  watch_pending = 0;
  int64_t limit = call >= WATCH_FIRST_REAL_TIME ? WATCH_REAL_TIME_LIMIT_NS : WATCH_CONTROL_LIMIT_NS;
  result->calls += 1;
  if (took > limit) result->late += 1;
  if (computed > limit) result->late_computing += 1;
  if (took > result->longest_ns) result->longest_ns = took;
}
