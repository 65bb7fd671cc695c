// SPDX-License-Identifier: Apache-2.0
// log/1 (host side): text for people.
#ifndef TOMPION_EXT_LOG_H
#define TOMPION_EXT_LOG_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_LOG_ID "tompion.log/1"

#define TOMPION_LOG_ERROR 0
#define TOMPION_LOG_WARNING 1
#define TOMPION_LOG_NOTICE 2
#define TOMPION_LOG_DEBUG 3

typedef struct tompion_log {
  uint32_t size;
  uint32_t reserved;  // 0
  // One line of UTF-8, copied, cut at 500 bytes, control characters escaped; dropped (and counted) when the queue is full.
  // Never blocks. [any]
  void (*write)(const tompion_host_t *host, uint32_t level, const char *text);
} tompion_log_t;

#ifdef __cplusplus
}
#endif
#endif
