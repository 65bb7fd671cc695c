// SPDX-License-Identifier: Apache-2.0
// event/1 (host side): numbered events for the event log. 1 to 999 are the catalogue's (Docs/events.md); a provider's own
// start at 10000.
#ifndef TOMPION_EXT_EVENT_H
#define TOMPION_EXT_EVENT_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_EVENT_ID "tompion.event/1"

typedef struct tompion_event {
  uint32_t size;
  uint32_t reserved;  // 0
  // One event: number, the source it is about (0 = none), a line of text as for log/1. Never blocks. [any]
  void (*raise)(const tompion_host_t *host, uint32_t number, uint32_t source, const char *text);
} tompion_event_t;

#ifdef __cplusplus
}
#endif
#endif
