// SPDX-License-Identifier: Apache-2.0
// System calls that can block: a seccomp filter traps them, the handler counts them and makes them from the one place that the
// filter lets through.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "watch_internal.h"

// What it is called, and where a timeout of 0 would make it harmless: an argument that is a number, or points to a timespec or
// timeval (two words of zero alike).
struct blocking_call {
  int number;
  int timeout;          // the argument's place, -1 = none
  int is_pointer;
  const char *name;
};

static const struct blocking_call blocking[] = {
#define CALL(name) {__NR_##name, -1, 0, #name},
#ifdef __NR_poll
    {__NR_poll, 2, 0, "poll"}, {__NR_select, 4, 1, "select"}, {__NR_epoll_wait, 3, 0, "epoll_wait"}, {__NR_pause, -1, 0, "pause"},
    CALL(open) CALL(creat)
#endif
    {__NR_ppoll, 2, 1, "ppoll"}, {__NR_pselect6, 4, 1, "pselect"}, {__NR_epoll_pwait, 3, 0, "epoll_pwait"},
    CALL(nanosleep) CALL(clock_nanosleep) CALL(futex) CALL(fsync) CALL(fdatasync) CALL(sync) CALL(msync) CALL(openat)
    CALL(read) CALL(pread64) CALL(readv) CALL(write) CALL(pwrite64) CALL(writev) CALL(socket) CALL(connect) CALL(accept) CALL(accept4)
    CALL(recvfrom) CALL(recvmsg) CALL(sendto) CALL(sendmsg) CALL(wait4) CALL(waitid) CALL(rt_sigtimedwait) CALL(rt_sigsuspend)
    CALL(flock) CALL(getdents64) CALL(statx)
};
#define KINDS (sizeof blocking / sizeof *blocking)
static uint64_t seen[WATCH_CALLS][KINDS];

void watch_reset(void) {
  for (unsigned call = 0; call < WATCH_CALLS; ++call) {
    watch_calls[call] = (watch_call_t){0};
    for (unsigned kind = 0; kind < KINDS; ++kind) seen[call][kind] = 0;
  }
}

uint64_t watch_blocking(uint32_t call, uint32_t index, const char **name) {
  for (unsigned kind = 0; call < WATCH_CALLS && kind < KINDS; ++kind) {
    if (!seen[call][kind] || index--) continue;
    *name = blocking[kind].name;
    return seen[call][kind];
  }
  return 0;
}

#if defined(__x86_64__) || defined(__aarch64__)
long watch_raw_call(long number, long a, long b, long c, long d, long e, long f);
extern const char watch_after_raw_call[];

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
__asm__(".text\n.globl watch_raw_call\n.hidden watch_raw_call\n.type watch_raw_call,@function\nwatch_raw_call:\n"
        "movq %rdi,%rax\nmovq %rsi,%rdi\nmovq %rdx,%rsi\nmovq %rcx,%rdx\nmovq %r8,%r10\nmovq %r9,%r8\nmovq 8(%rsp),%r9\nsyscall\n"
        ".globl watch_after_raw_call\n.hidden watch_after_raw_call\nwatch_after_raw_call:\nret\n");
#define ARGUMENT(context, n)                                                                                        \
  ((context)->uc_mcontext.gregs[(n) == 0 ? REG_RDI : (n) == 1 ? REG_RSI : (n) == 2 ? REG_RDX : (n) == 3 ? REG_R10 : \
                                (n) == 4 ? REG_R8 : REG_R9])
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
__asm__(".text\n.globl watch_raw_call\n.hidden watch_raw_call\n.type watch_raw_call,%function\nwatch_raw_call:\n"
        "mov x8,x0\nmov x0,x1\nmov x1,x2\nmov x2,x3\nmov x3,x4\nmov x4,x5\nmov x5,x6\nsvc #0\n"
        ".globl watch_after_raw_call\n.hidden watch_after_raw_call\nwatch_after_raw_call:\nret\n");
#define ARGUMENT(context, n) ((context)->uc_mcontext.regs[n])
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#endif

static int can_block(const struct blocking_call *call, const ucontext_t *context) {
  if (call->number == __NR_futex) {
    int operation = (int)ARGUMENT(context, 1) & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    return operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET || operation == FUTEX_LOCK_PI || operation == FUTEX_LOCK_PI2 ||
           operation == FUTEX_WAIT_REQUEUE_PI;
  }
  if (call->timeout < 0) return 1;
  long timeout = (long)ARGUMENT(context, call->timeout);
  if (!call->is_pointer) return (int)timeout != 0;
  const long *parts = (const long *)timeout;
  return !parts || parts[0] || parts[1];
}

static void on_trap(int signal, siginfo_t *information, void *pointer) {
  (void)signal;
  ucontext_t *context = pointer;
  if (watch_is_guarded()) {
    for (unsigned kind = 0; kind < KINDS; ++kind) {
      if (blocking[kind].number != information->si_syscall || !can_block(&blocking[kind], context)) continue;
      if (!watch_calls[watch_current].blocking_at) {
        // The interrupted stack lies beyond this handler's, where the search comes to it.
        watch_calls[watch_current].blocking_at = watch_place();
      }
      __atomic_fetch_add(&seen[watch_current][kind], 1, __ATOMIC_RELAXED);
    }
  }
  RESULT(context) = watch_raw_call(information->si_syscall, (long)ARGUMENT(context, 0), (long)ARGUMENT(context, 1),
                                   (long)ARGUMENT(context, 2), (long)ARGUMENT(context, 3), (long)ARGUMENT(context, 4),
                                   (long)ARGUMENT(context, 5));
}

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#error "the halves of the instruction pointer are the other way round"
#endif

int32_t watch_trap_blocking_calls(void) {
  struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER};
  if (sigaction(SIGSYS, &action, NULL)) return -errno;
  const uint64_t passed = (uint64_t)watch_after_raw_call;
  struct sock_filter program[8 + KINDS + 2];
  unsigned at = 0;
  program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
  program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, KINDS + 5);
  program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer));
  program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)passed, 0, 2);
  program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4);
  program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(passed >> 32), KINDS + 1, 0);
  program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (unsigned kind = 0; kind < KINDS; ++kind)
    program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)blocking[kind].number, (uint8_t)(KINDS - kind), 0);
  program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
  struct sock_fprog filter = {.len = (unsigned short)at, .filter = program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0 ? -errno : 0;
}
#else
int32_t watch_trap_blocking_calls(void) { return -ENOSYS; }
#endif
