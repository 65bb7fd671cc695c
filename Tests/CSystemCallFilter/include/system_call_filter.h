// SPDX-License-Identifier: Apache-2.0
// Refuses one system call to the calling thread alone, and for as long as it lives, as a container's seccomp filter would.
#ifndef SYSTEM_CALL_FILTER_H
#define SYSTEM_CALL_FILTER_H
#include <stdint.h>

// From now on io_uring_setup(2) fails with `error` in this thread. 0, or -errno where no filter can be set.
int32_t system_call_filter_refuse_uring(int32_t error);
#endif
