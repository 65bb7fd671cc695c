// SPDX-License-Identifier: Apache-2.0
// What a child process gives up before it runs other people's code: files (landlock), system calls (seccomp), resources (rlimits).
#ifndef CLINUX_SANDBOX_H
#define CLINUX_SANDBOX_H

#include <stdint.h>

// Limits of the calling process, soft and hard; 0 = leave. Also: no core file, no file may grow, no message queues, no nice value gained.
typedef struct clinux_sandbox_limits {
  uint64_t address_space;  // bytes
  uint64_t descriptors;
  uint64_t locked_memory;  // bytes
} clinux_sandbox_limits_t;

// 0 or -errno of the first that was refused.
int32_t clinux_sandbox_limit(const clinux_sandbox_limits_t *limits);

// What landlock(7) this kernel has: its ABI version, 0 = none.
int32_t clinux_sandbox_landlock_version(void);

// From now on this process and its threads open files beneath `paths` alone (NULL-terminated; what is not there is left out), to read and
// execute; nothing is written, made or removed, no TCP port bound or connected, and no process or abstract socket outside
// reached, as far as the kernel has these. 0 or -errno.
int32_t clinux_sandbox_files(const char *const paths[]);

// The system calls a provider needs; everything else answers EPERM. Stage 1 can still load libraries (open, map executable); stage 2,
// installed on top, takes that away. Every thread of the process is bound by it, and neither is ever lifted. 0 or -errno.
int32_t clinux_sandbox_calls(int32_t stage);

// Standard input, output and error become /dev/null: nobody writes lines into the daemon's log that the daemon did not, or reads what is
// typed at its terminal. 0 or -errno.
int32_t clinux_sandbox_streams(void);

// RLIMIT_CORE 0. 0 or -errno.
int32_t clinux_process_no_core(void);
// PR_SET_DUMPABLE 0: nobody of the same user reads or traces it. 0 or -errno.
int32_t clinux_sandbox_hide(void);

#endif
