// SPDX-License-Identifier: Apache-2.0
#include "measure.h"

#include <stddef.h>
#include <time.h>

static __thread int counting;
static __thread uint64_t seen;

int64_t measure_thread_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void measure_allocations_start(void) {
  seen = 0;
  counting = 1;
}

uint64_t measure_allocations_stop(void) {
  counting = 0;
  return seen;
}

// glibc's own names for what stands in front of them here.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size) {
  if (counting) ++seen;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  if (counting) ++seen;
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  if (counting) ++seen;
  return __libc_realloc(old, size);
}
