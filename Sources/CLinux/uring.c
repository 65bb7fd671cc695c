// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/uring.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"

// Newer than the headers that are packaged here (Linux 6.16, include/uapi/linux/io_uring.h).
#define SOCKET_OP_TX_TIMESTAMP 4
// Linux 6.9.
#define REGISTER_NAPI 27
struct napi {
  uint32_t busy_poll_us;
  uint8_t prefer_busy_poll, operation, padding[2];
  uint32_t argument, reserved;
};
_Static_assert(sizeof(struct napi) == 16, "struct io_uring_napi");

// The system calls by number: there is no wrapper in libc, and liburing 2.3 knows less than the kernels this runs on.
static int setup(uint32_t entries, struct io_uring_params *params) {
  return (int)syscall(__NR_io_uring_setup, entries, params);
}
static int enroll(int fd, uint32_t operation, void *argument, uint32_t count) {
  return (int)syscall(__NR_io_uring_register, fd, operation, argument, count);
}

// A provided buffer: header, name, control messages, datagram. Control messages of one packet: stamps 64, packet info 40,
// the card's interface 32, room for one more of that kind.
#define NAME_ROOM 32u
#define CONTROL_ROOM 192u
#define BUFFER_HEAD ((uint32_t)sizeof(struct io_uring_recvmsg_out) + NAME_ROOM + CONTROL_ROOM)
#define GROUP 0

struct clinux_uring {
  int fd;
  int enter_fd;          // the registered number, or fd
  uint32_t enter_flags;  // IORING_ENTER_REGISTERED_RING or 0
  uint32_t flags;
  int enabled;
  pid_t owner;
  void *rings;
  size_t rings_bytes;
  struct io_uring_sqe *entries;
  size_t entries_bytes;
  uint32_t *sq_head, *sq_tail, *sq_flags, sq_mask, sq_entries;
  uint32_t *cq_head, *cq_tail, *cq_overflow, cq_mask;
  uint8_t *completions;
  uint32_t completion_bytes;
  uint32_t local_tail;   // requests written, not all of them shown to the kernel yet
  struct io_uring_buf_ring *offers;
  size_t offers_bytes;
  uint32_t buffers, buffer_bytes, offers_mask;
  uint16_t offers_tail;
  uint8_t *memory;
  size_t memory_bytes;
  struct msghdr receive_template;
  int files_error;       // why there is no file table; 0 = there is one
};

_Static_assert(sizeof(struct io_uring_recvmsg_out) == 16, "recvmsg_out layout");
_Static_assert(sizeof(struct io_uring_sqe) == 64 && sizeof(struct io_uring_cqe) == 16, "ring entry layout");
_Static_assert(sizeof(struct io_uring_buf) == 16, "buffer offer layout");
_Static_assert(CLINUX_COMPLETION_BUFFER == IORING_CQE_F_BUFFER && CLINUX_COMPLETION_MORE == IORING_CQE_F_MORE, "flags");

void clinux_uring_destroy(clinux_uring_t *ring) {
  if (!ring) return;
  if (ring->enter_flags && ring->owner == gettid()) {
    struct io_uring_rsrc_update update = {.offset = (uint32_t)ring->enter_fd};
    enroll(ring->fd, IORING_UNREGISTER_RING_FDS, &update, 1);
  }
  if (ring->fd >= 0) close(ring->fd);
  if (ring->entries) munmap(ring->entries, ring->entries_bytes);
  if (ring->rings) munmap(ring->rings, ring->rings_bytes);
  if (ring->offers) munmap(ring->offers, ring->offers_bytes);
  if (ring->memory) munmap(ring->memory, ring->memory_bytes);
  free(ring);
}

// From the richest set of flags to what older kernels take.
static int open_ring(const clinux_uring_options_t *options, struct io_uring_params *params, uint32_t *got) {
  static const struct {
    uint32_t setup, flags;
  } deferred[] = {
      {IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
       CLINUX_URING_SINGLE_ISSUER | CLINUX_URING_DEFER},
      {IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
       CLINUX_URING_SINGLE_ISSUER | CLINUX_URING_COOPERATIVE},
      {IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG, CLINUX_URING_COOPERATIVE},
      {0, 0},
  };
  static const struct {
    uint32_t setup, flags;
  } polled[] = {{IORING_SETUP_SQPOLL | IORING_SETUP_SINGLE_ISSUER, CLINUX_URING_SQPOLL | CLINUX_URING_SINGLE_ISSUER},
                {IORING_SETUP_SQPOLL, CLINUX_URING_SQPOLL}};
  int fd = -EINVAL;
  size_t count = options->sqpoll ? sizeof polled / sizeof *polled : sizeof deferred / sizeof *deferred;
  for (size_t i = 0; i < count && fd == -EINVAL; ++i) {
    memset(params, 0, sizeof *params);
    params->flags = IORING_SETUP_CQSIZE | IORING_SETUP_CQE32 | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_R_DISABLED |
                    (options->sqpoll ? polled[i].setup : deferred[i].setup);
    params->cq_entries = options->completions;
    params->sq_thread_idle = options->sqpoll_idle;
    *got = options->sqpoll ? polled[i].flags : deferred[i].flags;
    fd = setup(options->submissions, params);
    if (fd < 0) fd = -errno;
  }
  return fd;
}

static int map_rings(clinux_uring_t *ring, const struct io_uring_params *params) {
  if (!(params->features & IORING_FEAT_SINGLE_MMAP) || !(params->features & IORING_FEAT_EXT_ARG) ||
      !(params->features & IORING_FEAT_NODROP))
    return -EOPNOTSUPP;
  size_t sq = params->sq_off.array + params->sq_entries * sizeof(uint32_t);
  size_t cq = params->cq_off.cqes + (size_t)params->cq_entries * 32;
  ring->rings_bytes = sq > cq ? sq : cq;
  void *rings =
      mmap(NULL, ring->rings_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
  if (rings == MAP_FAILED) return -errno;
  ring->rings = rings;
  ring->entries_bytes = params->sq_entries * sizeof(struct io_uring_sqe);
  void *entries =
      mmap(NULL, ring->entries_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
  if (entries == MAP_FAILED) return -errno;
  ring->entries = entries;
  uint8_t *base = rings;
  ring->sq_head = (uint32_t *)(base + params->sq_off.head);
  ring->sq_tail = (uint32_t *)(base + params->sq_off.tail);
  ring->sq_flags = (uint32_t *)(base + params->sq_off.flags);
  ring->sq_mask = *(uint32_t *)(base + params->sq_off.ring_mask);
  ring->sq_entries = params->sq_entries;
  uint32_t *array = (uint32_t *)(base + params->sq_off.array);
  for (uint32_t i = 0; i < params->sq_entries; ++i) array[i] = i;
  ring->cq_head = (uint32_t *)(base + params->cq_off.head);
  ring->cq_tail = (uint32_t *)(base + params->cq_off.tail);
  ring->cq_overflow = (uint32_t *)(base + params->cq_off.overflow);
  ring->cq_mask = *(uint32_t *)(base + params->cq_off.ring_mask);
  ring->completions = base + params->cq_off.cqes;
  ring->completion_bytes = 32;
  return 0;
}

static void *anonymous(size_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static int provide_buffers(clinux_uring_t *ring, const clinux_uring_options_t *options) {
  ring->buffers = options->buffers;
  ring->offers_mask = options->buffers - 1;
  ring->buffer_bytes = (BUFFER_HEAD + options->payload + 63) & ~63u;
  ring->offers_bytes = options->buffers * sizeof(struct io_uring_buf);
  ring->memory_bytes = (size_t)options->buffers * ring->buffer_bytes;
  ring->offers = anonymous(ring->offers_bytes);
  ring->memory = anonymous(ring->memory_bytes);
  if (!ring->offers || !ring->memory) return -ENOMEM;
  struct io_uring_buf_reg group = {
      .ring_addr = (uint64_t)(uintptr_t)ring->offers, .ring_entries = options->buffers, .bgid = GROUP};
  if (enroll(ring->fd, IORING_REGISTER_PBUF_RING, &group, 1) < 0) return -errno;
  for (uint32_t i = 0; i < options->buffers; ++i) clinux_uring_give_back(ring, i);
  clinux_uring_offer(ring);
  return 0;
}

// A table of places for descriptors, all free: a request that names a place does not look its file up. No table harms nothing.
static int open_files(clinux_uring_t *ring, uint32_t places) {
  struct io_uring_rsrc_register table = {.nr = places, .flags = IORING_RSRC_REGISTER_SPARSE};
  if (enroll(ring->fd, IORING_REGISTER_FILES2, &table, sizeof table) < 0) return -errno;
  ring->flags |= CLINUX_URING_FILES;
  return 0;
}

static int is_power_of_two(uint32_t value) { return value && !(value & (value - 1)); }

int32_t clinux_uring_create(const clinux_uring_options_t *options, clinux_uring_t **out) {
  if (!is_power_of_two(options->submissions) || !is_power_of_two(options->completions) ||
      options->completions < options->submissions || !is_power_of_two(options->buffers) || options->buffers > 32768 ||
      options->payload > 65536)
    return -EINVAL;
  clinux_uring_t *ring = calloc(1, sizeof *ring);
  if (!ring) return -ENOMEM;
  struct io_uring_params params;
  ring->fd = open_ring(options, &params, &ring->flags);
  int error = ring->fd < 0 ? ring->fd : map_rings(ring, &params);
  if (!error) error = provide_buffers(ring, options);
  if (error) {
    clinux_uring_destroy(ring);
    return error;
  }
  ring->files_error = options->files ? open_files(ring, options->files) : -EOPNOTSUPP;
  ring->enter_fd = ring->fd;
  ring->receive_template.msg_namelen = NAME_ROOM;
  ring->receive_template.msg_controllen = CONTROL_ROOM;
  *out = ring;
  return 0;
}

uint32_t clinux_uring_flags(const clinux_uring_t *ring) { return ring->flags; }
int32_t clinux_uring_files(const clinux_uring_t *ring) { return ring->files_error; }

int32_t clinux_uring_set_file(clinux_uring_t *ring, uint32_t place, int32_t fd) {
  if (ring->files_error) return ring->files_error;
  struct io_uring_files_update update = {.offset = place, .fds = (uint64_t)(uintptr_t)&fd};
  return enroll(ring->fd, IORING_REGISTER_FILES_UPDATE, &update, 1) < 0 ? -errno : 0;
}

int32_t clinux_uring_enable(clinux_uring_t *ring) {
  if (ring->enabled) return 0;
  if (enroll(ring->fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0) < 0) return -errno;
  ring->enabled = 1;
  ring->owner = gettid();
  // A table look-up less in each call; its absence harms nothing.
  struct io_uring_rsrc_update update = {.offset = UINT32_MAX, .data = (uint64_t)ring->fd};
  if (enroll(ring->fd, IORING_REGISTER_RING_FDS, &update, 1) == 1) {
    ring->enter_fd = (int)update.offset;
    ring->enter_flags = IORING_ENTER_REGISTERED_RING;
    ring->flags |= CLINUX_URING_REGISTERED;
  }
  return 0;
}

int32_t clinux_uring_busy_poll(clinux_uring_t *ring, uint32_t microseconds) {
  struct napi napi = {.busy_poll_us = microseconds, .prefer_busy_poll = 1};
  return enroll(ring->fd, REGISTER_NAPI, &napi, 1) < 0 ? -errno : 0;
}

static struct io_uring_sqe *entry(clinux_uring_t *ring, uint8_t opcode, int32_t fd, uint64_t user_data) {
  uint32_t head = __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE);
  if (ring->local_tail - head >= ring->sq_entries) return NULL;
  struct io_uring_sqe *sqe = &ring->entries[ring->local_tail & ring->sq_mask];
  memset(sqe, 0, sizeof *sqe);
  sqe->opcode = opcode;
  sqe->fd = fd < 0 ? CLINUX_URING_FILE(fd) : fd;
  if (fd < 0) sqe->flags = IOSQE_FIXED_FILE;
  sqe->user_data = user_data;
  ++ring->local_tail;
  return sqe;
}

int32_t clinux_uring_poll(clinux_uring_t *ring, int32_t fd, uint32_t events, int32_t multishot, uint64_t user_data) {
  struct io_uring_sqe *sqe = entry(ring, IORING_OP_POLL_ADD, fd, user_data);
  if (!sqe) return -EBUSY;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  events = (events << 16) | (events >> 16);
#endif
  sqe->poll32_events = events;
  if (multishot) sqe->len = IORING_POLL_ADD_MULTI;
  return 0;
}

int32_t clinux_uring_receive(clinux_uring_t *ring, int32_t fd, uint64_t user_data) {
  struct io_uring_sqe *sqe = entry(ring, IORING_OP_RECVMSG, fd, user_data);
  if (!sqe) return -EBUSY;
  sqe->addr = (uint64_t)(uintptr_t)&ring->receive_template;
  sqe->len = 1;
  sqe->ioprio = IORING_RECV_MULTISHOT;
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = GROUP;
  // A longer datagram tells its true length, so that cutting it is seen.
  sqe->msg_flags = MSG_TRUNC;
  return 0;
}

int32_t clinux_uring_stamps(clinux_uring_t *ring, int32_t fd, uint64_t user_data) {
  struct io_uring_sqe *sqe = entry(ring, IORING_OP_URING_CMD, fd, user_data);
  if (!sqe) return -EBUSY;
  sqe->cmd_op = SOCKET_OP_TX_TIMESTAMP;
  return 0;
}

int32_t clinux_uring_cancel(clinux_uring_t *ring, int32_t fd, uint64_t user_data) {
  struct io_uring_sqe *sqe = entry(ring, IORING_OP_ASYNC_CANCEL, fd, user_data);
  if (!sqe) return -EBUSY;
  sqe->cancel_flags = IORING_ASYNC_CANCEL_FD | IORING_ASYNC_CANCEL_ALL;
  if (fd < 0) sqe->cancel_flags |= IORING_ASYNC_CANCEL_FD_FIXED;
  return 0;
}

int32_t clinux_uring_cancel_one(clinux_uring_t *ring, uint64_t target, uint64_t user_data) {
  struct io_uring_sqe *sqe = entry(ring, IORING_OP_ASYNC_CANCEL, 0, user_data);
  if (!sqe) return -EBUSY;
  sqe->addr = target;
  return 0;
}

int32_t clinux_uring_enter(clinux_uring_t *ring, uint32_t wait, int64_t timeout_ns) {
  if (!ring->enabled) return -EBADFD;
  __atomic_store_n(ring->sq_tail, ring->local_tail, __ATOMIC_RELEASE);
  uint32_t submit = ring->local_tail - __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE);
  uint32_t flags = ring->enter_flags | IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
  if (ring->flags & CLINUX_URING_SQPOLL) {
    // The tail must be seen before the thread's wish to be woken is looked at.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(ring->sq_flags, __ATOMIC_RELAXED) & IORING_SQ_NEED_WAKEUP) flags |= IORING_ENTER_SQ_WAKEUP;
  }
  struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
  struct io_uring_getevents_arg argument = {.ts = wait ? (uint64_t)(uintptr_t)&timeout : 0};
  int result =
      (int)syscall(__NR_io_uring_enter, ring->enter_fd, submit, wait, flags, &argument, sizeof argument);
  if (result >= 0) return result;
  // A registered number is of the owner's table: another task has none, as it may not enter anyway.
  if (errno == EBADF && ring->enter_flags) return -EEXIST;
  return errno == ETIME || errno == EINTR ? 0 : -errno;
}

int32_t clinux_uring_pending(const clinux_uring_t *ring) {
  if (__atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE) != *ring->cq_head) return 1;
  return (__atomic_load_n(ring->sq_flags, __ATOMIC_RELAXED) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

int32_t clinux_uring_next(clinux_uring_t *ring, clinux_completion_t *completion) {
  uint32_t head = *ring->cq_head;
  if (head == __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) return 0;
  const uint8_t *cqe = ring->completions + (size_t)(head & ring->cq_mask) * ring->completion_bytes;
  memcpy(completion, cqe, sizeof *completion);
  __atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
  return 1;
}

int32_t clinux_uring_overflowing(const clinux_uring_t *ring) {
  return (__atomic_load_n(ring->sq_flags, __ATOMIC_RELAXED) & IORING_SQ_CQ_OVERFLOW) != 0;
}

uint32_t clinux_uring_dropped(const clinux_uring_t *ring) { return __atomic_load_n(ring->cq_overflow, __ATOMIC_RELAXED); }

int32_t clinux_uring_take(clinux_uring_t *ring, uint32_t buffer, uint32_t length, clinux_batch_t *batch, uint32_t slot) {
  if (buffer >= ring->buffers || slot >= batch->slots || length < BUFFER_HEAD || length > ring->buffer_bytes)
    return -EBADMSG;
  const uint8_t *bytes = ring->memory + (size_t)buffer * ring->buffer_bytes;
  struct io_uring_recvmsg_out head;
  memcpy(&head, bytes, sizeof head);
  const uint8_t *name = bytes + sizeof head;
  const uint8_t *control = name + NAME_ROOM;
  const uint8_t *payload = control + CONTROL_ROOM;
  clinux_datagram_t *datagram = &batch->datagrams[slot];
  clinux_clear_received(datagram);
  // With MSG_TRUNC the announced length may be more than what is there.
  uint32_t there = length - BUFFER_HEAD;
  if (head.payloadlen < there) there = head.payloadlen;
  if (head.payloadlen > there || there > datagram->capacity || head.flags & MSG_TRUNC)
    datagram->flags |= CLINUX_DATAGRAM_TRUNCATED;
  datagram->length = there < datagram->capacity ? there : datagram->capacity;
  memcpy(batch->bytes + (size_t)slot * batch->stride, payload, datagram->length);
  if (head.flags & MSG_CTRUNC) datagram->flags |= CLINUX_DATAGRAM_CONTROL_TRUNCATED;
  clinux_import_name((const struct sockaddr *)name, head.namelen < NAME_ROOM ? head.namelen : NAME_ROOM, &datagram->peer);
  clinux_control_parse(control, head.controllen < CONTROL_ROOM ? head.controllen : CONTROL_ROOM, datagram);
  return 0;
}

void clinux_uring_give_back(clinux_uring_t *ring, uint32_t buffer) {
  struct io_uring_buf *offer = &ring->offers->bufs[ring->offers_tail & ring->offers_mask];
  offer->addr = (uint64_t)(uintptr_t)(ring->memory + (size_t)buffer * ring->buffer_bytes);
  offer->len = ring->buffer_bytes;
  offer->bid = (uint16_t)buffer;
  ++ring->offers_tail;
}

void clinux_uring_offer(clinux_uring_t *ring) {
  __atomic_store_n(&ring->offers->tail, ring->offers_tail, __ATOMIC_RELEASE);
}
