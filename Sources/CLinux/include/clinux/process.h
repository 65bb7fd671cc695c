// SPDX-License-Identifier: Apache-2.0
// Threads, processes, privileges and signals.
#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H

#include "base.h"

// CPUs that can be named.
#define CLINUX_CPUS 1024

typedef struct clinux_thread_options {
  char name[16];            // "" = leave; longer names are cut by the caller
  uint64_t stack_bytes;     // 0 = the system's default
  int32_t fifo_priority;    // 0 = SCHED_OTHER, else SCHED_FIFO 1...99
  uint64_t cpus[CLINUX_CPUS / 64];  // a bit for each CPU it may run on; none = any that the process may use
  uint64_t timer_slack_ns;  // how late the kernel may let its sleeps end (FIFO threads have none anyway); 0 = leave
  uint64_t prefault_bytes;  // so much of its stack is touched before it begins, so that no page of it faults later
  // Filled in: 0 or the errno with which the kernel refused; the thread runs all the same.
  int32_t fifo_error;
  int32_t affinity_error;
  int32_t slack_error;
} clinux_thread_options_t;

typedef struct clinux_thread {
  uint64_t handle;
} clinux_thread_t;

// Starts `body(context)` on a thread of its own; scheduling and affinity are set before it runs.
int32_t clinux_thread_start(clinux_thread_options_t *options, void (*body)(void *), void *context, clinux_thread_t *thread);
// Gives the calling thread the same, but for its name and the size of its stack. Neither children nor threads that it starts
// later inherit anything of it.
void clinux_thread_adopt(clinux_thread_options_t *options);
int32_t clinux_thread_join(clinux_thread_t thread);
// The same, but waits no longer than that: -ETIMEDOUT, and it still runs.
int32_t clinux_thread_join_within(clinux_thread_t thread, uint32_t seconds);
// Scheduling policy of the calling thread (0 other, 1 FIFO ...) and whether it may run on exactly one CPU (its number, else -1).
int32_t clinux_thread_policy(void);
int32_t clinux_thread_cpu(void);
void clinux_thread_name(char name[16]);
// The calling thread's SCHED_FIFO priority (0 = none) and timer slack, ns.
int32_t clinux_thread_priority(void);
int64_t clinux_thread_slack(void);

// Marks the calling thread as one that receives beside its owner's, until it ends; and whether it is one.
void clinux_thread_mark_worker(void);
int32_t clinux_thread_is_worker(void);
// mlockall(MCL_CURRENT | MCL_FUTURE).
int32_t clinux_lock_memory(void);
// Raises RLIMIT_MEMLOCK as far as it may be; its value then, UINT64_MAX = none.
uint64_t clinux_memory_lock_limit(void);
// The same of RLIMIT_RTPRIO.
uint64_t clinux_priority_limit(void);
// One heap for all threads, which gives nothing back to the kernel: what was touched once stays. Before threads start.
void clinux_keep_heap(void);

// Privileges. These work on the calling thread's (or, for ids, the process's) state: call them before threads start.
int32_t clinux_keep_capabilities(int32_t keep);
int32_t clinux_no_new_privileges(void);
int32_t clinux_drop_bounding(uint32_t capability);
int32_t clinux_become(uint32_t user, uint32_t group, const char *name);
// Finds a user's ids; -ENOENT = there is none of that name.
int32_t clinux_find_user(const char *name, uint32_t *user, uint32_t *group);
int32_t clinux_find_group(const char *name, uint32_t *group);

// SIGTERM and SIGINT set a flag, nothing else; SIGHUP sets another one, or the same with `hangup_ends`; SIGPIPE is ignored.
int32_t clinux_watch_termination(uint32_t grace_seconds, int32_t hangup_ends);
// Whether SIGHUP came since this was asked last.
int32_t clinux_take_hangup(void);
int32_t clinux_termination_requested(void);
void clinux_request_termination(void);
// Forgets that termination was requested, and whom to wake.
void clinux_forget_termination(void);
// Also wakes `fd` (an eventfd) from the handler; -1 = none.
void clinux_termination_wakes(int32_t fd);
void clinux_termination_wakes_no_more(int32_t fd);

// Starts `path` with `argv` (NULL-terminated) in a child whose descriptors 3, 4 ... are `fds` and which has no others but
// 0 to 2; it gets SIGKILL when this thread's process dies, runs at nice 5 and
// is what the kernel ends first where memory is short (oom_score_adj 500). With user != 0 the child becomes that user. Returns the pid.
int32_t clinux_spawn(const char *path, char *const argv[], char *const envp[], const int32_t *fds, uint32_t count,
                     uint32_t user, uint32_t group);
// Whether a child ended: 1 = yes (exit status, or 128 + signal, in *status), 0 = it runs.
int32_t clinux_reap(int32_t pid, int32_t *status);
// Kills our own child and waits for its end, so that no zombie stays.
void clinux_bury(int32_t pid);
int32_t clinux_kill(int32_t pid, int32_t signal);

#endif
