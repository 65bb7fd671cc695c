// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/process.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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
    // It is no role of ours, and what the daemon needs comes first: its own threads, and its life where memory is short.
    clinux_widen();
    setpriority(PRIO_PROCESS, 0, 5);
    int adjustment = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (adjustment >= 0) {
      ssize_t adjusted = write(adjustment, "500", 3);
      (void)adjusted;
      close(adjustment);
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
