// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/process.h"
#include "spawn.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

_Static_assert(sizeof(pthread_t) <= sizeof(uint64_t), "thread handle");

struct start {
  void (*body)(void *);
  void *context;
  char name[16];
  uint64_t slack_ns, prefault_bytes;
  int slack_error;
  // Where the kernel would not start it as wanted, the thread asks for each by itself.
  int asks, fifo_priority, fifo_error, affinity_error;
  cpu_set_t *cpus;
  // Somebody waits for that, and frees this.
  int is_awaited;
  sem_t is_set_up;
};

_Static_assert(CLINUX_CPUS == CPU_SETSIZE, "a bit for each CPU");

// What the process may run on and how late it may wake, as it was before any thread was narrowed: a thread inherits both from the
// one that starts it, a child from the one that forks.
static cpu_set_t everywhere;
static unsigned long usual_slack;
static int is_narrowed;

static void narrow(void) {
  if (is_narrowed) return;
  if (sched_getaffinity(0, sizeof everywhere, &everywhere)) return;
  int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
  usual_slack = slack > 0 ? (unsigned long)slack : 50000;
  is_narrowed = 1;
}

static int wanted_cpus(const clinux_thread_options_t *options, cpu_set_t *set) {
  int count = 0;
  CPU_ZERO(set);
  for (unsigned cpu = 0; cpu < CLINUX_CPUS; ++cpu)
    if (options->cpus[cpu / 64] >> cpu % 64 & 1) {
      CPU_SET(cpu, set);
      ++count;
    }
  return count;
}

static int set_slack(uint64_t nanoseconds) {
  return nanoseconds && prctl(PR_SET_TIMERSLACK, (unsigned long)nanoseconds, 0, 0, 0) < 0 ? errno : 0;
}

static void __attribute__((noinline)) prefault(uint64_t bytes) {
  if (!bytes) return;
  volatile char stack[bytes];
  for (uint64_t at = 0; at < bytes; at += 4096) stack[at] = 0;
}

static void *run(void *pointer) {
  struct start *start = pointer;
  void (*body)(void *) = start->body;
  void *context = start->context;
  if (start->name[0]) pthread_setname_np(pthread_self(), start->name);
  if (start->asks) {
    if (start->cpus && sched_setaffinity(0, sizeof *start->cpus, start->cpus)) start->affinity_error = errno;
    struct sched_param parameters = {.sched_priority = start->fifo_priority};
    int fifo = start->fifo_priority > 0;
    if (sched_setscheduler(0, fifo ? SCHED_FIFO : SCHED_OTHER, &parameters) && fifo) start->fifo_error = errno;
  }
  start->slack_error = set_slack(start->slack_ns);
  prefault(start->prefault_bytes);
  if (start->is_awaited)
    sem_post(&start->is_set_up);
  else
    free(start);
  body(context);
  return NULL;
}

static int try_start(const clinux_thread_options_t *options, const cpu_set_t *cpus, struct start *start, pthread_t *thread) {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error) return error;
  if (options->stack_bytes) error = pthread_attr_setstacksize(&attributes, options->stack_bytes);
  if (!start->asks) {
    // Explicit either way: a child of a FIFO thread would inherit its policy and starve others.
    if (!error) error = pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    struct sched_param parameters = {.sched_priority = options->fifo_priority};
    if (!error) error = pthread_attr_setschedpolicy(&attributes, options->fifo_priority > 0 ? SCHED_FIFO : SCHED_OTHER);
    if (!error) error = pthread_attr_setschedparam(&attributes, &parameters);
    if (!error && cpus) error = pthread_attr_setaffinity_np(&attributes, sizeof *cpus, cpus);
  }
  if (!error) error = pthread_create(thread, &attributes, run, start);
  pthread_attr_destroy(&attributes);
  return error;
}

int32_t clinux_thread_start(clinux_thread_options_t *options, void (*body)(void *), void *context, clinux_thread_t *thread) {
  struct start *start = calloc(1, sizeof *start);
  if (!start) return -ENOMEM;
  cpu_set_t set;
  int affinity = wanted_cpus(options, &set) > 0;
  if (affinity || options->timer_slack_ns) narrow();
  cpu_set_t *cpus = affinity ? &set : is_narrowed ? &everywhere : NULL;
  start->body = body;
  start->context = context;
  start->prefault_bytes = options->prefault_bytes;
  start->slack_ns = options->timer_slack_ns ? options->timer_slack_ns : is_narrowed ? usual_slack : 0;
  // Whoever starts a helper in passing does not wait until it gets its turn.
  start->is_awaited = options->timer_slack_ns || options->prefault_bytes;
  memcpy(start->name, options->name, sizeof start->name);
  start->name[sizeof start->name - 1] = 0;
  sem_init(&start->is_set_up, 0, 0);
  int is_awaited = start->is_awaited;
  options->fifo_error = options->affinity_error = options->slack_error = 0;
  pthread_t handle;
  int error = try_start(options, cpus, start, &handle);
  if (error == EPERM || error == EINVAL) {
    // Something was refused, and it does not say what; a filter may even refuse to leave things as they are.
    start->asks = start->is_awaited = is_awaited = 1;
    start->fifo_priority = options->fifo_priority;
    start->cpus = cpus;
    error = try_start(options, cpus, start, &handle);
  }
  if (!error) {
    thread->handle = (uint64_t)handle;
    if (!is_awaited) return 0;
    while (sem_wait(&start->is_set_up)) {}
    options->slack_error = options->timer_slack_ns ? start->slack_error : 0;
    options->fifo_error = start->fifo_error;
    options->affinity_error = affinity ? start->affinity_error : 0;
  }
  sem_destroy(&start->is_set_up);
  free(start);
  return -error;
}

void clinux_thread_adopt(clinux_thread_options_t *options) {
  cpu_set_t set;
  options->fifo_error = options->affinity_error = options->slack_error = 0;
  int affinity = wanted_cpus(options, &set) > 0;
  if (affinity || options->timer_slack_ns) narrow();
  if (affinity && sched_setaffinity(0, sizeof set, &set)) options->affinity_error = errno;
  // Children are not to inherit it.
  struct sched_param parameters = {.sched_priority = options->fifo_priority};
  if (options->fifo_priority > 0 && sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters)) options->fifo_error = errno;
  options->slack_error = set_slack(options->timer_slack_ns);
  prefault(options->prefault_bytes);
}

int32_t clinux_thread_join(clinux_thread_t thread) { return -pthread_join((pthread_t)thread.handle, NULL); }

int32_t clinux_thread_join_within(clinux_thread_t thread, uint32_t seconds) {
  struct timespec end;
  if (clock_gettime(CLOCK_MONOTONIC, &end) < 0) return -errno;
  end.tv_sec += seconds;
  return -pthread_clockjoin_np((pthread_t)thread.handle, NULL, CLOCK_MONOTONIC, &end);
}

int32_t clinux_thread_policy(void) {
  int policy = 0;
  struct sched_param parameters;
  int error = pthread_getschedparam(pthread_self(), &policy, &parameters);
  return error ? -error : policy;
}

int32_t clinux_thread_cpu(void) {
  cpu_set_t set;
  if (pthread_getaffinity_np(pthread_self(), sizeof set, &set) || CPU_COUNT(&set) != 1) return -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET((size_t)cpu, &set)) return cpu;
  return -1;
}

void clinux_thread_name(char name[16]) {
  if (pthread_getname_np(pthread_self(), name, 16)) name[0] = 0;
}

int32_t clinux_thread_priority(void) {
  struct sched_param parameters;
  int policy = 0;
  return pthread_getschedparam(pthread_self(), &policy, &parameters) || policy != SCHED_FIFO ? 0 : parameters.sched_priority;
}

int64_t clinux_thread_slack(void) { return prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0); }

static _Thread_local int32_t is_worker;

void clinux_thread_mark_worker(void) { is_worker = 1; }

int32_t clinux_thread_is_worker(void) { return is_worker; }

void clinux_widen(void) {
  if (!is_narrowed) return;
  // A refusal is not worth the child's life.
  sched_setaffinity(0, sizeof everywhere, &everywhere);
  prctl(PR_SET_TIMERSLACK, usual_slack, 0, 0, 0);
}
