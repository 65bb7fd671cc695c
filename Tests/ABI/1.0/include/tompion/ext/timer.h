// SPDX-License-Identifier: Apache-2.0
// timer/1: deadlines on the raw clock.
#ifndef TOMPION_EXT_TIMER_H
#define TOMPION_EXT_TIMER_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_TIMER_ID "tompion.timer/1"

// Host side. A provider chooses its timers' numbers, 0 to 65535. They are the owner's thread's: on the thread of another worker
// (packet-io, MANY_WORKERS) arm returns TOMPION_WRONG_ROLE, disarm does nothing, and both are counted. A worker that wants something
// done sets an atomic and calls host->request_poll.
typedef struct tompion_timer {
  uint32_t size;
  uint32_t reserved;  // 0
  // Fires once at or after deadline_raw_ns; arming again moves it. TOMPION_AGAIN: too many. [control or capture & inited]
  tompion_status (*arm)(const tompion_host_t *host, uint32_t timer, int64_t deadline_raw_ns);
  void (*disarm)(const tompion_host_t *host, uint32_t timer);  // [control or capture & inited]
} tompion_timer_t;

// Provider side.
typedef struct tompion_timer_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  void (*expired)(const tompion_provider_t *provider, uint32_t timer, int64_t now_raw_ns);  // [capture & started]
} tompion_timer_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
