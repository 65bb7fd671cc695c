// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "bench_kernel.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

int32_t bench_keep_on(int32_t cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return sched_setaffinity(0, sizeof set, &set) ? errno : 0;
}

int32_t bench_cpu_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
}

static _Atomic uint64_t futex_calls;

static void count(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)info;
  ++futex_calls;
#if defined(__x86_64__)
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = -EINTR;
#elif defined(__aarch64__)
  ((ucontext_t *)context)->uc_mcontext.regs[0] = (unsigned long)-EINTR;
#endif
}

int32_t bench_futex_count_start(void) {
  struct sigaction action = {.sa_sigaction = count, .sa_flags = SA_SIGINFO | SA_NODEFER};
  if (sigaction(SIGSYS, &action, NULL)) return errno;
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return errno;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return errno;
  futex_calls = 0;
  return 0;
}

uint64_t bench_futex_count(void) { return futex_calls; }

void bench_futex_call(void) {
  uint32_t word = 0;
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

int64_t bench_read_raw(uint64_t times) {
  struct timespec now = {0};
  for (uint64_t i = 0; i < times; ++i) clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int32_t bench_read_timex(uint64_t times) {
  int32_t last = 0;
  for (uint64_t i = 0; i < times; ++i) {
    struct timex timex;
    memset(&timex, 0, sizeof timex);
    last = adjtimex(&timex);
  }
  return last;
}

int64_t bench_thread_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int32_t bench_real_time(int32_t priority) {
  struct sched_param wanted = {.sched_priority = priority};
  return sched_setscheduler(0, SCHED_FIFO, &wanted) ? errno : 0;
}

int64_t bench_sleep_late(int64_t nanoseconds) {
  struct timespec until, now;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += nanoseconds;
  while (until.tv_nsec >= 1000000000) {
    until.tv_nsec -= 1000000000;
    ++until.tv_sec;
  }
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL)) {}
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)(now.tv_sec - until.tv_sec) * 1000000000 + now.tv_nsec - until.tv_nsec;
}
