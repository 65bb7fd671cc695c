// SPDX-License-Identifier: Apache-2.0
// One io_uring: memory layout, barriers and system calls. What to ask for and what an answer means is the caller's.
#ifndef CLINUX_URING_H
#define CLINUX_URING_H

#include "base.h"
#include "datagram.h"

typedef struct clinux_uring clinux_uring_t;

#define CLINUX_URING_SINGLE_ISSUER (1u << 0)  // only one task enters (6.0)
#define CLINUX_URING_DEFER (1u << 1)          // completions are made when that task waits (6.1)
#define CLINUX_URING_COOPERATIVE (1u << 2)    // no interrupt of the task for completions (5.19)
#define CLINUX_URING_SQPOLL (1u << 3)         // a kernel thread takes submissions
#define CLINUX_URING_FILES (1u << 5)          // the ring has a table of files (5.19)
#define CLINUX_URING_REGISTERED (1u << 4)     // the ring's own descriptor is registered with its task (5.18)

typedef struct clinux_uring_options {
  uint32_t submissions;   // entries of the submission queue, a power of two
  uint32_t completions;   // of the completion queue, a power of two, at least as many
  uint32_t buffers;       // provided receive buffers, a power of two up to 32768
  uint32_t payload;       // bytes of each that are for a datagram
  uint32_t files;         // places for descriptors; 0 = none
  uint32_t sqpoll;        // 1 = a kernel thread takes submissions
  uint32_t sqpoll_idle;   // ms after which it sleeps
} clinux_uring_options_t;

typedef struct clinux_completion {
  uint64_t user_data;
  int32_t result;
  uint32_t flags;
  uint64_t extra[2];      // the second half of a 32-byte entry
} clinux_completion_t;

#define CLINUX_COMPLETION_BUFFER (1u << 0)  // flags >> 16 is a provided buffer's number
#define CLINUX_COMPLETION_MORE (1u << 1)    // the request goes on

// Makes a ring that is not enabled yet: the task that enters first becomes its owner. 0 or -errno.
int32_t clinux_uring_create(const clinux_uring_options_t *options, clinux_uring_t **ring);
// Closes it; the kernel cancels what is pending. A registered descriptor is given back if this is the owner.
void clinux_uring_destroy(clinux_uring_t *ring);
uint32_t clinux_uring_flags(const clinux_uring_t *ring);
// 0, or -errno: why it has no table of files.
int32_t clinux_uring_files(const clinux_uring_t *ring);
// Puts a descriptor into a place of that table, -1 = frees it; the table keeps the file open. By the owner once there is one. 0 or -errno.
int32_t clinux_uring_set_file(clinux_uring_t *ring, uint32_t place, int32_t fd);
// The owner's first call; later ones do nothing. 0 or -errno.
int32_t clinux_uring_enable(clinux_uring_t *ring);
// Waits ask the cards' queues of its sockets themselves for so long, where their drivers can (IORING_REGISTER_NAPI, 6.9). 0 or -errno.
int32_t clinux_uring_busy_poll(clinux_uring_t *ring, uint32_t microseconds);

// Where a request's `fd` is a place of the table of files; and back.
#define CLINUX_URING_FILE(place) (-1 - (int32_t)(place))

// Each puts one request into the submission queue: 0, or -EBUSY if that is full (enter, then try again).
// Readiness once, events as for poll(2).
int32_t clinux_uring_poll(clinux_uring_t *ring, int32_t fd, uint32_t events, int32_t multishot, uint64_t user_data);
// Datagrams with name and control messages into provided buffers, until it ends without CLINUX_COMPLETION_MORE (6.0).
int32_t clinux_uring_receive(clinux_uring_t *ring, int32_t fd, uint64_t user_data);
// TX stamps of a socket with OPT_ID and OPT_TSONLY (SOCKET_URING_OP_TX_TIMESTAMP, 6.16).
int32_t clinux_uring_stamps(clinux_uring_t *ring, int32_t fd, uint64_t user_data);
// Cancels whatever is pending on a descriptor.
int32_t clinux_uring_cancel(clinux_uring_t *ring, int32_t fd, uint64_t user_data);
// Cancels the requests with this user_data.
int32_t clinux_uring_cancel_one(clinux_uring_t *ring, uint64_t target, uint64_t user_data);
// Submits, and waits for `wait` completions at most `timeout_ns` (0 = only looks). Interrupted and timed out count as 0.
int32_t clinux_uring_enter(clinux_uring_t *ring, uint32_t wait, int64_t timeout_ns);
// Whether a completion is there, or the kernel has work that entering would turn into one. No system call.
int32_t clinux_uring_pending(const clinux_uring_t *ring);
// Takes the next completion: 1 = there was one.
int32_t clinux_uring_next(clinux_uring_t *ring, clinux_completion_t *completion);
// Whether completions wait in the kernel because the queue was full: they come with the next enter.
int32_t clinux_uring_overflowing(const clinux_uring_t *ring);
// Completions that the kernel had to throw away, ever.
uint32_t clinux_uring_dropped(const clinux_uring_t *ring);

// Reads the datagram of `length` bytes in a provided buffer into a slot of a batch. 0, or -EBADMSG if it contradicts itself.
int32_t clinux_uring_take(clinux_uring_t *ring, uint32_t buffer, uint32_t length, clinux_batch_t *batch, uint32_t slot);
// Gives a buffer back; the kernel sees it after clinux_uring_offer.
void clinux_uring_give_back(clinux_uring_t *ring, uint32_t buffer);
void clinux_uring_offer(clinux_uring_t *ring);

#endif
