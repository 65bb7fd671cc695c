// SPDX-License-Identifier: Apache-2.0
// Descriptors passed along a Unix socket (unix(7), SCM_RIGHTS): one with a message at most.
#ifndef CLINUX_PASSING_H
#define CLINUX_PASSING_H

#include <stdint.h>

// Sends one message and, if `descriptor` is not negative, a copy of that descriptor. Bytes sent, or -errno.
int64_t clinux_pass_send(int32_t socket, const void *bytes, uint64_t count, int32_t descriptor);
// Receives one message; what came with it goes into *descriptor (close-on-exec), -1 = nothing. More than one is closed again.
// Bytes received, 0 = the other side has closed, or -errno.
int64_t clinux_pass_receive(int32_t socket, void *bytes, uint64_t capacity, int32_t *descriptor);

#endif
