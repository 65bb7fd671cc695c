// SPDX-License-Identifier: Apache-2.0
// store/1: what a provider wants to know again after a restart: NTS cookies and keys, a receiver's surveyed position, statistics.
#ifndef TOMPION_EXT_STORE_H
#define TOMPION_EXT_STORE_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_STORE_ID "tompion.store/1"

#define TOMPION_STORE_SECRET (1u << 0)  // the copy in memory is wiped when it is replaced or forgotten

#define TOMPION_STORE_NAME_LIMIT 64        // bytes of a name: a-z, 0-9, '.' and '-', not beginning with '.'
#define TOMPION_STORE_VALUE_LIMIT 65536    // bytes of a value
#define TOMPION_STORE_COUNT_LIMIT 64       // values
#define TOMPION_STORE_TOTAL_LIMIT 1048576  // bytes of all values

// Host side: small values by name, kept in files of mode 0600 in the provider's own folder of the state directory. A store is a
// convenience: losing it must cost time, never correctness; what comes back is as hostile as any file. Both functions are the owner's
// thread's, as packet-io's sockets are: TOMPION_WRONG_ROLE or 0 elsewhere.
typedef struct tompion_store {
  uint32_t size;
  uint32_t reserved;  // 0
  // Copies as much of a value as fits, as it was at start or last put; returns its whole length, 0 = there is none. Answered from
  // memory. [control or capture & inited]
  uint32_t (*get)(const tompion_host_t *host, const char *name, uint8_t *bytes, uint32_t capacity);
  // Remembers a value, copied; written to disk within seconds, each value whole or not at all; count 0 forgets it. INVALID: a name or
  // length that may not be, or an unknown flag; NO_MEMORY: beyond a limit. Not for every packet: a new or longer value takes memory.
  // [control or capture & inited]
  tompion_status (*put)(const tompion_host_t *host, const char *name, const uint8_t *bytes, uint32_t count,
                        uint32_t flags);
} tompion_store_t;

#ifdef __cplusplus
}
#endif
#endif
