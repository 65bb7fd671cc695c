// SPDX-License-Identifier: Apache-2.0
// realtime/1 (host side): moments that others on this host stamped by CLOCK_REALTIME (gpsd, shared memory, SOCK), as stamps.
#ifndef TOMPION_EXT_REALTIME_H
#define TOMPION_EXT_REALTIME_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_REALTIME_ID "tompion.realtime/1"

typedef struct tompion_realtime {
  uint32_t size;
  uint32_t reserved;  // 0
  // What the disciplined clock showed when CLOCK_REALTIME showed `realtime_ns` (since 1970), kind USER: the same where the two are one,
  // another time where the disciplined clock is virtual. NOT_FOUND: more than 64 s ago or a second ahead, or a step of the clock lies
  // between and it never was so late. [capture & started]
  tompion_status (*stamp)(const tompion_host_t *host, int64_t realtime_ns, tompion_stamp_t *stamp);
} tompion_realtime_t;

#ifdef __cplusplus
}
#endif
#endif
