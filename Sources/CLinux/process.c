// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

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
static volatile sig_atomic_t hangup;

// Whoever waits returns so that the flag is seen at once.
static void wake(void) {
  int fd = termination_fd;
  if (fd < 0) return;
  uint64_t one = 1;
  ssize_t written = write(fd, &one, sizeof one);
  (void)written;
}

static void hang_up(int signal) {
  (void)signal;
  int saved = errno;
  hangup = 1;
  wake();
  errno = saved;
}

static void terminate(int signal) {
  (void)signal;
  // The default action of SIGALRM ends a process that could not end by itself.
  if (termination_grace > 0) alarm((unsigned)termination_grace);
  clinux_request_termination();
}

void clinux_request_termination(void) {
  int saved = errno;
  termination = 1;
  wake();
  errno = saved;
}

void clinux_forget_termination(void) {
  termination_fd = -1;
  termination = 0;
  hangup = 0;
}

int32_t clinux_take_hangup(void) {
  if (!hangup) return 0;
  hangup = 0;
  return 1;
}

int32_t clinux_watch_termination(uint32_t grace_seconds, int32_t hangup_ends) {
  struct sigaction action;
  termination_grace = (sig_atomic_t)(grace_seconds < 3600 ? grace_seconds : 3600);
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: poll(2) is to return so that the flag is seen at once.
  action.sa_handler = terminate;
  if (sigaction(SIGTERM, &action, NULL) < 0 || sigaction(SIGINT, &action, NULL) < 0) return -errno;
  // Not where nohup(1) or whoever else asked to ignore it.
  struct sigaction before;
  if (sigaction(SIGHUP, NULL, &before) < 0) return -errno;
  if (!hangup_ends) action.sa_handler = hang_up;
  if (before.sa_handler != SIG_IGN && sigaction(SIGHUP, &action, NULL) < 0) return -errno;
  action.sa_handler = SIG_IGN;
  return sigaction(SIGPIPE, &action, NULL) < 0 ? -errno : 0;
}

int32_t clinux_termination_requested(void) { return termination; }
void clinux_termination_wakes(int32_t fd) { termination_fd = fd; }

void clinux_termination_wakes_no_more(int32_t fd) {
  if (termination_fd == fd) termination_fd = -1;
}
