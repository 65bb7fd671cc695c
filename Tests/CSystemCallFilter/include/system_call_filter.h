// SPDX-License-Identifier: Apache-2.0
// Refuses one system call to the calling thread alone, and for as long as it lives, as a container's seccomp filter would.
#ifndef SYSTEM_CALL_FILTER_H
#define SYSTEM_CALL_FILTER_H
#include <stdint.h>

// From now on io_uring_setup(2) fails with `error` in this thread. 0, or -errno where no filter can be set.
int32_t system_call_filter_refuse_uring(int32_t error);
// From now on io_uring_register(2) with this operation fails with `error` in this thread. 0, or -errno.
int32_t system_call_filter_refuse_uring_register(uint32_t operation, int32_t error);
// The same of setsockopt(2) with SO_BUSY_POLL, as kernels do that ask for CAP_NET_ADMIN.
int32_t system_call_filter_refuse_busy_poll(int32_t error);
#endif
