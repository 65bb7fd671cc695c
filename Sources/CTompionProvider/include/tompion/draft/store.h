// SPDX-License-Identifier: Apache-2.0
// DRAFT store/1: what a provider wants to know again after a restart: NTS cookies and keys, a receiver's surveyed position, per-source
// statistics. Reviewed on paper in Docs/abi.md; no host implements it yet.
#ifndef TOMPION_DRAFT_STORE_H
#define TOMPION_DRAFT_STORE_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_STORE_ID "tompion.store/1-draft"

#define TOMPION_STORE_SECRET (1u << 0)  // mode 0600, wiped when replaced

// Host side. Small values by name ([a-z0-9.-], at most 64 bytes), kept in the state directory of the provider; each at most 64 KiB.
// A store is a convenience: losing it must cost time, never correctness.
typedef struct tompion_store {
  uint32_t size;
  uint32_t reserved;  // 0
  // Copies a value as it was at start or last put; returns its whole length, 0 = there is none. Answered from memory. [any]
  uint32_t (*get)(const tompion_host_t *host, const char *name, uint8_t *bytes, uint32_t capacity);
  // Remembers a value, copied; written to disk by and by, atomically; count 0 forgets it. TOMPION_AGAIN: too much at once.
  // [control or capture & inited]
  tompion_status (*put)(const tompion_host_t *host, const char *name, const uint8_t *bytes, uint32_t count,
                        uint32_t flags);
} tompion_store_t;

#ifdef __cplusplus
}
#endif
#endif
