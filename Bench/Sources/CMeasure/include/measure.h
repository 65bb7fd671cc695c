// SPDX-License-Identifier: Apache-2.0
// What Bench measures by: a thread's own time, and its allocations.
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H
#include <stdint.h>

// Processor time of the calling thread, nanoseconds.
int64_t measure_thread_time(void);
// From now on the calling thread's malloc, calloc and realloc are counted, from 0; stop returns how many.
void measure_allocations_start(void);
uint64_t measure_allocations_stop(void);
#endif
