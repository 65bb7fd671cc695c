// SPDX-License-Identifier: Apache-2.0
// Counts heap allocations of one thread: this library's malloc and its kin stand in front of glibc's in the test's executable.
#ifndef C_ALLOCATION_COUNTER_H
#define C_ALLOCATION_COUNTER_H

#include <stdint.h>

// 1 = allocations can be counted; 0 = a sanitizer has its own allocator in place.
int32_t allocation_counter_works(void);
// From now on the calling thread's allocations (malloc, calloc, realloc and the aligned ones) and frees count, from 0.
void allocation_counter_start(void);
// Stops; how many allocations and frees there were.
uint64_t allocation_counter_stop(void);

#endif
