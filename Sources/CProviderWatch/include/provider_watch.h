// SPDX-License-Identifier: Apache-2.0
// Stands between host and provider: which call is under way, how long each takes, and what real-time callbacks allocate and
// which blocking system calls they make. What the host does inside its own functions is not put on the provider's account.
#ifndef PROVIDER_WATCH_H
#define PROVIDER_WATCH_H

#include <CTompionProvider.h>

// Calls into a provider. The real-time ones come last.
#define WATCH_NONE 0
#define WATCH_OPEN 1
#define WATCH_INIT 2
#define WATCH_START 3
#define WATCH_STOP 4
#define WATCH_CLOSE 5
#define WATCH_COMMAND 6
#define WATCH_EXTENSION 7
#define WATCH_WORKER_OPEN 8
#define WATCH_WORKER_CLOSE 9
#define WATCH_POLL 10
#define WATCH_RECEIVE 11
#define WATCH_TRANSMITTED 12
#define WATCH_FAILED 13
#define WATCH_EXPIRED 14
#define WATCH_RESOLVED 15
#define WATCH_CALLS 16
#define WATCH_FIRST_REAL_TIME WATCH_POLL

// [control] 500 ms; a real-time callback 10 ms.
#define WATCH_CONTROL_LIMIT_NS 500000000
#define WATCH_REAL_TIME_LIMIT_NS 10000000

typedef struct watch_call {
  uint64_t calls;
  uint64_t late;          // took longer than its limit, by its own doing: it computed that long, or it slept
  uint64_t late_computing; // of these, computed that long
  int64_t longest_ns;     // of those that were looked at: its own time, not what others kept the processor for
  uint64_t allocations;   // malloc and its kin, and frees, while armed
  uint64_t telling_calls; // those that wrote a log line or raised an event, while armed: its text has to be made somewhere
  uint64_t telling_allocations; // what these allocated; not in `allocations`
  uint64_t allocation_at; // where in the plugin's file the first was, 0 = not found
  uint64_t blocking_at;   // the same of the first blocking system call
} watch_call_t;

// What a parent sees of its child, in shared memory.
typedef struct watch_page {
  uint64_t step;       // how far the test is, as it says
  int64_t since_ns;    // CLOCK_MONOTONIC at which the call began
  uint32_t call;       // the one that is under way, WATCH_NONE = none
  uint32_t reserved;
} watch_page_t;

// The same module, with every call into it and out of it watched. One module per process; its image is remembered.
const tompion_module_t *watch_module(const tompion_module_t *module);
// "receive"; the name of a call.
const char *watch_name(uint32_t call);
watch_call_t watch_result(uint32_t call);
// Forgets what was counted.
void watch_reset(void);
// From now on allocations and blocking calls in real-time callbacks count (or no more).
void watch_arm(int32_t armed);

// Writes what is under way into a page shared with the parent.
void watch_share(void *page);
void watch_step(uint64_t step);
// Reads such a page: the call under way and for how long, ns. [any]
watch_page_t watch_read(const void *page, int64_t *for_ns);

// 1 = allocations can be counted; 0 = a sanitizer has its own allocator in place.
int32_t watch_counts_allocations(void);
// Bytes and blocks that are allocated in this process and not yet freed, as far as the allocator is ours.
int64_t watch_live_bytes(void);
int64_t watch_live_blocks(void);
// Threads started so far in this process, short-lived ones, too.
uint64_t watch_threads_started(void);

// From now on the calling thread (and those it starts) traps system calls that can block, counts them where they are not allowed, and
// makes them all the same. 0, -errno, or -ENOSYS on a processor that this is not written for. Not to be undone.
int32_t watch_trap_blocking_calls(void);
// Blocking calls so far in one callback: number `index` of the kinds seen there; its count, 0 = no more. *name is static.
uint64_t watch_blocking(uint32_t call, uint32_t index, const char **name);

#endif
