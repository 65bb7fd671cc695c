// SPDX-License-Identifier: Apache-2.0
// What measuring needs of the kernel and Swift cannot say.
#ifndef BENCH_KERNEL_H
#define BENCH_KERNEL_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Keeps the calling thread on that processor; 0, or an errno.
int32_t bench_keep_on(int32_t cpu);
int32_t bench_cpu_count(void);

// The calling thread's processor time, ns.
int64_t bench_thread_time(void);
// Makes the calling thread real-time (SCHED_FIFO); 0, or an errno.
int32_t bench_real_time(int32_t priority);
// Sleeps that long; how late it woke up, ns.
int64_t bench_sleep_late(int64_t nanoseconds);

// Reads CLOCK_MONOTONIC_RAW that often; the last reading in ns.
int64_t bench_read_raw(uint64_t times);

// Asks adjtimex(2) for the clock's state that often, without changing it; its last answer.
int32_t bench_read_timex(uint64_t times);

// From now on and for good the calling thread's futex calls are not made but counted: a seccomp filter turns each into SIGSYS. A
// caller then finds its call interrupted and looks again, as it must at any time. 0, or an errno.
int32_t bench_futex_count_start(void);
// How many there were.
uint64_t bench_futex_count(void);
// Makes one, to see that counting works.
void bench_futex_call(void);

#ifdef __cplusplus
}
#endif
#endif
