// SPDX-License-Identifier: Apache-2.0
// malloc and its kin, and pthread_create, in front of glibc's for everything in this process, plugins too: they count.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>

#include "watch_internal.h"

static int64_t live_bytes, live_blocks;
static uint64_t threads;

int64_t watch_live_bytes(void) { return __atomic_load_n(&live_bytes, __ATOMIC_RELAXED); }
int64_t watch_live_blocks(void) { return __atomic_load_n(&live_blocks, __ATOMIC_RELAXED); }
uint64_t watch_threads_started(void) { return __atomic_load_n(&threads, __ATOMIC_RELAXED); }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OTHER_ALLOCATOR 1
#endif
#endif

#ifdef HAS_OTHER_ALLOCATOR
int32_t watch_counts_allocations(void) { return 0; }
#else
int32_t watch_counts_allocations(void) { return 1; }

// glibc's own names for what we stand in front of.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static void note(void) {
  if (!watch_is_guarded()) return;
  if (!watch_pending++) watch_pending_at = watch_place();
}

static void *count(void *memory) {
  if (memory) {
    __atomic_fetch_add(&live_bytes, (int64_t)malloc_usable_size(memory), __ATOMIC_RELAXED);
    __atomic_fetch_add(&live_blocks, 1, __ATOMIC_RELAXED);
  }
  return memory;
}

static void uncount(size_t usable) {
  __atomic_fetch_sub(&live_bytes, (int64_t)usable, __ATOMIC_RELAXED);
  __atomic_fetch_sub(&live_blocks, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t size) {
  note();
  return count(__libc_malloc(size));
}

void *calloc(size_t number, size_t size) {
  note();
  return count(__libc_calloc(number, size));
}

void *realloc(void *old, size_t size) {
  note();
  size_t before = old ? malloc_usable_size(old) : 0;
  void *memory = __libc_realloc(old, size);
  // Refused: the old block is still there, unless a size of 0 freed it.
  if (old && (memory || !size)) uncount(before);
  return count(memory);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return count(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return count(__libc_memalign(alignment, size));
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || (alignment & (alignment - 1)) || !alignment) return EINVAL;
  note();
  void *memory = count(__libc_memalign(alignment, size));
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}

void free(void *memory) {
  if (!memory) return;
  note();
  uncount(malloc_usable_size(memory));
  __libc_free(memory);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
  static int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
  if (!next) return EAGAIN;
  __atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED);
  return next(thread, attributes, body, argument);
}
#endif
