// SPDX-License-Identifier: Apache-2.0
// What the host tells a provider (the verbs of the Windows Time service's TimeProvCommand).
#ifndef TOMPION_COMMAND_H
#define TOMPION_COMMAND_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_COMMAND_UPDATE_CONFIG 1          // settings changed: read them again
#define TOMPION_COMMAND_POLL_INTERVAL_CHANGED 2  // advice: poll `source` every 2^value seconds
#define TOMPION_COMMAND_TIME_JUMPED 3            // the clock was stepped by value ns: drop cached stamps
#define TOMPION_COMMAND_NETWORK_CHANGED 4        // addresses or routes changed: resolve and measure again
#define TOMPION_COMMAND_QUERY 5                  // refresh what source/1 publishes
#define TOMPION_COMMAND_SHUTDOWN 6               // stop follows; last chance to say goodbye
#define TOMPION_COMMAND_POLL_NOW 7               // an operator's resync: measure `source` (0 = all) now

// An operator entered a time: value = that UTC less CLOCK_MONOTONIC_RAW at the moment, ns; `source` = how far it may be off, us (0 = as configured).
#define TOMPION_COMMAND_SET_TIME 8

typedef struct tompion_command {
  uint32_t size;
  uint32_t kind;       // TOMPION_COMMAND_*; unknown: answer TOMPION_UNSUPPORTED
  uint32_t source;     // which source, 0 = all
  uint32_t reserved;   // 0
  int64_t value;
} tompion_command_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_command_t) == 24, "command layout is frozen");

#ifdef __cplusplus
}
#endif
#endif
