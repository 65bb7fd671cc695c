// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static uint64_t raise_limit(__rlimit_resource_t which) {
  struct rlimit limit;
  if (getrlimit(which, &limit)) return 0;
  if (limit.rlim_cur != limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(which, &limit) && getrlimit(which, &limit)) return 0;
  }
  return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

uint64_t clinux_memory_lock_limit(void) { return raise_limit(RLIMIT_MEMLOCK); }
uint64_t clinux_priority_limit(void) { return raise_limit(RLIMIT_RTPRIO); }

void clinux_keep_heap(void) {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, -1);
}

int32_t clinux_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE) < 0 ? -errno : 0; }

int32_t clinux_keep_capabilities(int32_t keep) { return prctl(PR_SET_KEEPCAPS, keep, 0, 0, 0) < 0 ? -errno : 0; }
int32_t clinux_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0; }
int32_t clinux_drop_bounding(uint32_t capability) { return prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 ? -errno : 0; }

int32_t clinux_become(uint32_t user, uint32_t group, const char *name) {
  if (initgroups(name, group) < 0) return -errno;
  if (setresgid(group, group, group) < 0) return -errno;
  if (setresuid(user, user, user) < 0) return -errno;
  return 0;
}

int32_t clinux_find_user(const char *name, uint32_t *user, uint32_t *group) {
  char buffer[4096];
  struct passwd entry, *found = NULL;
  int error = getpwnam_r(name, &entry, buffer, sizeof buffer, &found);
  if (error) return -error;
  if (!found) return -ENOENT;
  *user = entry.pw_uid;
  *group = entry.pw_gid;
  return 0;
}

int32_t clinux_find_group(const char *name, uint32_t *group) {
  char buffer[16384];
  struct group entry, *found = NULL;
  int error = getgrnam_r(name, &entry, buffer, sizeof buffer, &found);
  if (error) return -error;
  if (!found) return -ENOENT;
  *group = entry.gr_gid;
  return 0;
}

static volatile sig_atomic_t termination;
static volatile sig_atomic_t termination_fd = -1;

static volatile sig_atomic_t termination_grace;

static void terminate(int signal) {
  (void)signal;
  // The default action of SIGALRM ends a process that could not end by itself.
  if (termination_grace > 0) alarm((unsigned)termination_grace);
  clinux_request_termination();
}

void clinux_request_termination(void) {
  int saved = errno;
  termination = 1;
  int fd = termination_fd;
  if (fd >= 0) {
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written;
  }
  errno = saved;
}

void clinux_forget_termination(void) {
  termination_fd = -1;
  termination = 0;
}

int32_t clinux_watch_termination(uint32_t grace_seconds) {
  struct sigaction action;
  termination_grace = (sig_atomic_t)(grace_seconds < 3600 ? grace_seconds : 3600);
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: poll(2) is to return so that the flag is seen at once.
  action.sa_handler = terminate;
  if (sigaction(SIGTERM, &action, NULL) < 0 || sigaction(SIGINT, &action, NULL) < 0) return -errno;
  // A terminal that goes away ends the process in order, too, unless nohup(1) or whoever else asked to ignore that.
  struct sigaction hangup;
  if (sigaction(SIGHUP, NULL, &hangup) < 0) return -errno;
  if (hangup.sa_handler != SIG_IGN && sigaction(SIGHUP, &action, NULL) < 0) return -errno;
  action.sa_handler = SIG_IGN;
  return sigaction(SIGPIPE, &action, NULL) < 0 ? -errno : 0;
}

int32_t clinux_termination_requested(void) { return termination; }
void clinux_termination_wakes(int32_t fd) { termination_fd = fd; }

void clinux_termination_wakes_no_more(int32_t fd) {
  if (termination_fd == fd) termination_fd = -1;
}

// Moves the wanted descriptors above the target range first, so that no dup2 overwrites one still needed.
static int arrange(const int32_t *fds, uint32_t count) {
  int high[64];
  if (count > 64) return E2BIG;
  for (uint32_t i = 0; i < count; ++i) {
    high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3 + 64);
    if (high[i] < 0) return errno;
  }
  for (uint32_t i = 0; i < count; ++i)
    if (dup2(high[i], 3 + (int)i) < 0) return errno;
  return 0;
}

static int become_child(uint32_t user, uint32_t group) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return errno;
  if (!user) return 0;
  if (setgroups(0, NULL) < 0 || setresgid(group, group, group) < 0 || setresuid(user, user, user) < 0) return errno;
  return 0;
}

int32_t clinux_spawn(const char *path, char *const argv[], char *const envp[], const int32_t *fds, uint32_t count,
                     uint32_t user, uint32_t group) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) < 0) return -errno;
  pid_t parent = getpid();
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t pid = fork();
  if (pid == 0) {
    // Only async-signal-safe calls from here on: other threads of the parent may hold any lock.
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < 32; ++signal) sigaction(signal, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    // The report pipe must not lie where a wanted descriptor goes.
    int channel = fcntl(report[1], F_DUPFD_CLOEXEC, 3 + 2 * 64);
    int error = channel < 0 ? errno : 0;
    if (is_narrowed) {
      // It is no role of ours. A refusal is not worth its life.
      sched_setaffinity(0, sizeof everywhere, &everywhere);
      prctl(PR_SET_TIMERSLACK, usual_slack, 0, 0, 0);
    }
    if (!error) error = arrange(fds, count);
    if (!error) error = become_child(user, group);
    if (!error && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) error = errno;
    if (!error && getppid() != parent) _exit(127);
    if (!error) {
      // Everything else closes at exec; what lies between is marked, the report channel already is.
      syscall(SYS_close_range, 3u + count, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
      execve(path, argv, envp);
      error = errno;
    }
    ssize_t written = write(channel, &error, sizeof error);
    (void)written;
    _exit(127);
  }
  int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (pid < 0) {
    close(report[0]);
    return -fork_error;
  }
  int error = 0;
  ssize_t got;
  do got = read(report[0], &error, sizeof error);
  while (got < 0 && errno == EINTR);
  close(report[0]);
  if (got == (ssize_t)sizeof error) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    return -error;
  }
  return pid;
}

int32_t clinux_reap(int32_t pid, int32_t *status) {
  int raw = 0;
  pid_t done = waitpid(pid, &raw, WNOHANG);
  if (done < 0) return -errno;
  if (done == 0) return 0;
  *status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
  return 1;
}

void clinux_bury(int32_t pid) {
  if (pid <= 0) return;
  kill(pid, SIGKILL);
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
}

int32_t clinux_kill(int32_t pid, int32_t signal) { return pid > 0 && kill(pid, signal) == 0 ? 0 : -(pid > 0 ? errno : EINVAL); }
