// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/pps.h>
#include <linux/ptp_clock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int limit(__rlimit_resource_t which, uint64_t value) {
  struct rlimit wanted = {.rlim_cur = value, .rlim_max = value}, now;
  // Never more than it is already.
  if (getrlimit(which, &now)) return errno;
  if (now.rlim_max < wanted.rlim_max) wanted.rlim_cur = wanted.rlim_max = now.rlim_max;
  return setrlimit(which, &wanted) ? errno : 0;
}

int32_t clinux_sandbox_limit(const clinux_sandbox_limits_t *limits) {
  int error = limit(RLIMIT_CORE, 0);
  if (!error) error = limit(RLIMIT_FSIZE, 0);
  if (!error) error = limit(RLIMIT_MSGQUEUE, 0);
  // Counts what the user has, all over the host: too much for a limit on honest ones, little enough for the host.
  if (!error && getuid() != 0) error = limit(RLIMIT_NPROC, 4096);
  if (!error && limits->address_space) error = limit(RLIMIT_AS, limits->address_space);
  if (!error && limits->descriptors) error = limit(RLIMIT_NOFILE, limits->descriptors);
  if (!error && limits->locked_memory) error = limit(RLIMIT_MEMLOCK, limits->locked_memory);
  return -error;
}

int32_t clinux_sandbox_streams(void) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return -errno;
  int error = 0;
  for (int stream = 0; stream <= 2 && !error; ++stream)
    if (dup2(null, stream) < 0) error = errno;
  if (null > 2) close(null);
  return -error;
}

int32_t clinux_process_no_core(void) { return -limit(RLIMIT_CORE, 0); }

int32_t clinux_sandbox_hide(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0; }

// Rights that older headers do not name (landlock(7)).
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

#define FILE_RIGHTS_1 ((1ull << 13) - 1)
#define FILE_REFER (1ull << 13)
#define FILE_TRUNCATE (1ull << 14)
#define FILE_IOCTL_DEVICE (1ull << 15)
#define NET_BIND_AND_CONNECT 3ull
#define SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS 3ull

// The kernel's struct in the version that has all of it; older kernels are told of its first words only.
struct ruleset {
  uint64_t files, net, scopes;
};

int32_t clinux_sandbox_landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : (int32_t)version;
}

static int allow(int ruleset, const char *path) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT || errno == EACCES || errno == ENOTDIR ? 0 : errno;
  struct stat status;
  struct landlock_path_beneath_attr rule = {.parent_fd = fd};
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
  if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
  int error = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ? errno : 0;
  close(fd);
  return error;
}

int32_t clinux_sandbox_files(const char *const paths[]) {
  int32_t version = clinux_sandbox_landlock_version();
  if (version <= 0) return -EOPNOTSUPP;
  struct ruleset handled = {.files = FILE_RIGHTS_1};
  size_t size = sizeof handled.files;
  if (version >= 2) handled.files |= FILE_REFER;
  if (version >= 3) handled.files |= FILE_TRUNCATE;
  if (version >= 4) {
    handled.net = NET_BIND_AND_CONNECT;
    size = offsetof(struct ruleset, scopes);
  }
  if (version >= 5) handled.files |= FILE_IOCTL_DEVICE;
  if (version >= 6) {
    handled.scopes = SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS;
    size = sizeof handled;
  }
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
  if (ruleset < 0) return -errno;
  int error = 0;
  for (const char *const *path = paths; *path && !error; ++path) error = allow(ruleset, *path);
  if (!error && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) error = errno;
  if (!error && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) error = errno;
  close(ruleset);
  return -error;
}

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

// A filter as it grows. All machines here are little-endian: the lower half of an argument comes first.
struct program {
  struct sock_filter code[512];
  unsigned length;
};

#define DATA(field) ((uint32_t)offsetof(struct seccomp_data, field))
#define COUNT(list) (sizeof(list) / sizeof *(list))
#define NO_MASK 0xffffffffu

static void add(struct program *program, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false) {
  if (program->length < COUNT(program->code))
    program->code[program->length] = (struct sock_filter){.code = code, .jt = if_true, .jf = if_false, .k = value};
  ++program->length;
}

static void answer(struct program *program, uint32_t action) { add(program, BPF_RET | BPF_K, action, 0, 0); }
static void refuse(struct program *program) { answer(program, SECCOMP_RET_ERRNO | EPERM); }
static void load(struct program *program, uint32_t offset) { add(program, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
static void unless_equal_skip(struct program *program, long value, uint8_t skip) {
  add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)value, 0, skip);
}

static void answer_call(struct program *program, long call, uint32_t action) {
  unless_equal_skip(program, call, 1);
  answer(program, action);
}

// The call gets `action` where its argument, masked, is one of the values, else `otherwise`. Only the lower half of the argument is
// looked at: what is compared here is an int for the kernel, too.
static void judge_call(struct program *program, long call, unsigned argument, uint32_t mask, const uint32_t *values, size_t count,
                       uint32_t action, uint32_t otherwise) {
  unsigned start = program->length;
  unless_equal_skip(program, call, 0);
  load(program, DATA(args) + 8 * argument);
  if (mask != NO_MASK) add(program, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
  for (size_t i = 0; i < count; ++i) answer_call(program, (long)values[i], action);
  answer(program, otherwise);
  if (start < COUNT(program->code)) program->code[start].jf = (uint8_t)(program->length - start - 1);
}

static int32_t install(struct program *program) {
  if (program->length > COUNT(program->code)) return -E2BIG;
  struct sock_fprog filter = {.len = (unsigned short)program->length, .filter = program->code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  // Above 0: that thread could not be bound.
  return result < 0 ? -errno : result > 0 ? -EBUSY : 0;
}

static void begin(struct program *program) {
  load(program, DATA(arch));
  add(program, BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 1, 0);
  refuse(program);
  load(program, DATA(nr));
  // The second set of numbers of x86-64 (x32) would go around the list.
  add(program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1);
  refuse(program);
}

static const long needed[] = {
    // Descriptors it was given; none of these makes one that leads anywhere new.
    SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_close, SYS_lseek, SYS_pread64, SYS_fstat, SYS_dup, SYS_recvmsg,
    SYS_recvmmsg, SYS_recvfrom, SYS_sendmsg, SYS_sendmmsg, SYS_sendto, SYS_getsockname, SYS_getpeername, SYS_getsockopt, SYS_shutdown,
    SYS_accept4,
    // Waiting.
    SYS_ppoll, SYS_pselect6, SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait, SYS_eventfd2, SYS_timerfd_create, SYS_timerfd_settime,
    SYS_timerfd_gettime, SYS_nanosleep, SYS_clock_nanosleep, SYS_restart_syscall,
    // Time, never setting it.
    SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday,
    // Memory, threads, signals of its own.
    SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_mlock, SYS_munlock, SYS_futex, SYS_set_robust_list,
    SYS_rseq, SYS_set_tid_address, SYS_gettid, SYS_sched_yield, SYS_sched_getaffinity, SYS_sched_getscheduler, SYS_sched_getparam,
    SYS_getcpu, SYS_membarrier, SYS_exit, SYS_exit_group, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,
    SYS_getrandom,
    // Who it is.
    SYS_newfstatat, SYS_getpid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_uname, SYS_sysinfo, SYS_getrusage,
#if defined(__x86_64__)
    SYS_poll, SYS_select, SYS_epoll_wait, SYS_time, SYS_pause, SYS_arch_prctl,
#endif
};

// Loading libraries: landlock says which, and the second stage ends it.
static const long loading[] = {
    SYS_statx, SYS_readlinkat, SYS_faccessat, SYS_getdents64, SYS_getcwd, SYS_seccomp,
#if defined(__x86_64__)
    SYS_stat, SYS_lstat, SYS_access, SYS_readlink,
#endif
};

// Questions to devices it was given (ioctl(2)): bytes waiting, a line's settings, pulses (linux/pps.h), readings of a PTP hardware clock
// (linux/ptp_clock.h: SYS_OFFSET, its precise and extended forms, capabilities). What changes a device is the host's to do.
static const uint32_t questions[] = {
    FIONREAD, TCGETS, TIOCMGET, TIOCOUTQ, (uint32_t)PPS_GETPARAMS, (uint32_t)PPS_GETCAP, (uint32_t)PPS_FETCH,
    (uint32_t)PTP_CLOCK_GETCAPS, (uint32_t)PTP_SYS_OFFSET, (uint32_t)PTP_SYS_OFFSET_PRECISE, (uint32_t)PTP_SYS_OFFSET_EXTENDED,
    (uint32_t)PTP_CLOCK_GETCAPS2, (uint32_t)PTP_SYS_OFFSET2, (uint32_t)PTP_SYS_OFFSET_PRECISE2, (uint32_t)PTP_SYS_OFFSET_EXTENDED2,
};

static int32_t first_stage(void) {
  const uint32_t yes = SECCOMP_RET_ALLOW, no = SECCOMP_RET_ERRNO | EPERM;
  static struct program program;
  program.length = 0;
  begin(&program);
  for (size_t i = 0; i < COUNT(needed); ++i) answer_call(&program, needed[i], yes);
  for (size_t i = 0; i < COUNT(loading); ++i) answer_call(&program, loading[i], yes);
  // Opened to be read, whatever landlock says.
  const uint32_t reading[] = {0};
  const uint32_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
  judge_call(&program, SYS_openat, 2, writing, reading, 1, yes, no);
#if defined(__x86_64__)
  judge_call(&program, SYS_open, 1, writing, reading, 1, yes, no);
#endif
  // clone3 hides its flags behind a pointer: the C library takes clone instead, which may make a thread and no process or namespace.
  answer_call(&program, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
  const uint32_t spaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
  const uint32_t thread[] = {CLONE_THREAD};
  judge_call(&program, SYS_clone, 0, CLONE_THREAD | spaces, thread, 1, yes, no);
  // A signal to itself, as abort(3) sends it.
  const uint32_t self[] = {(uint32_t)getpid()};
  judge_call(&program, SYS_tgkill, 0, NO_MASK, self, 1, yes, no);
  // Names, questions, and a filter more.
  const uint32_t names[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_TIMERSLACK, PR_GET_DUMPABLE, PR_GET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_VMA};
  judge_call(&program, SYS_prctl, 0, NO_MASK, names, COUNT(names), yes, no);
  // Flags of a file that the host reads, too (the bell), are not the child's to change: a host that blocked there would stop the clock.
  const uint32_t files[] = {F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC};
  judge_call(&program, SYS_fcntl, 1, NO_MASK, files, COUNT(files), yes, no);
  judge_call(&program, SYS_ioctl, 1, NO_MASK, questions, COUNT(questions), yes, no);
  // Limits are read, its own alone: the pointer to new ones is NULL, both halves of it, and the process 0.
  unless_equal_skip(&program, SYS_prlimit64, 8);
  for (unsigned word = 0; word < 3; ++word) {
    load(&program, word == 0 ? DATA(args) : DATA(args) + 8 * 2 + 4 * (word - 1));
    unless_equal_skip(&program, 0, (uint8_t)(5 - 2 * word));
  }
  answer(&program, yes);
  refuse(&program);
  refuse(&program);
  return install(&program);
}

static int32_t second_stage(void) {
  const uint32_t yes = SECCOMP_RET_ALLOW, no = SECCOMP_RET_ERRNO | EPERM;
  static struct program program;
  program.length = 0;
  begin(&program);
  for (size_t i = 0; i < COUNT(loading); ++i) answer_call(&program, loading[i], no);
  answer_call(&program, SYS_openat, no);
#if defined(__x86_64__)
  answer_call(&program, SYS_open, no);
#endif
  // Many a C library makes fstat(2) of it.
  const uint32_t descriptor[] = {AT_EMPTY_PATH};
  judge_call(&program, SYS_newfstatat, 3, AT_EMPTY_PATH, descriptor, 1, yes, no);
  const uint32_t executable[] = {PROT_EXEC};
  judge_call(&program, SYS_mmap, 2, PROT_EXEC, executable, 1, no, yes);
  judge_call(&program, SYS_mprotect, 2, PROT_EXEC, executable, 1, no, yes);
  answer(&program, yes);
  return install(&program);
}

int32_t clinux_sandbox_calls(int32_t stage) {
  switch (stage) {
    case 1: return first_stage();
    case 2: {
      int32_t result = second_stage();
      if (result < 0) return result;
      // What was loaded before may have put a filter of its own in front that only pretends.
      int probe = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (probe >= 0) close(probe);
      return probe < 0 && errno == EPERM ? 0 : -EACCES;
    }
    default: return -EINVAL;
  }
}
