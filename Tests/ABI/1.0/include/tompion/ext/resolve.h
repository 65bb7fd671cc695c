// SPDX-License-Identifier: Apache-2.0
// resolve/1: names to addresses, off the timing thread.
#ifndef TOMPION_EXT_RESOLVE_H
#define TOMPION_EXT_RESOLVE_H

#include "packet-io.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_RESOLVE_ID "tompion.resolve/1"

// Host side.
typedef struct tompion_resolve {
  uint32_t size;
  uint32_t reserved;  // 0
  // Looks up a name or numeric address; family NONE = both. Answered by `resolved` with the token, never from inside this
  // call. TOMPION_WRONG_ROLE on the thread of a worker but the first (packet-io). [control or capture & inited]
  tompion_status (*start)(const tompion_host_t *host, const char *name, uint8_t family, uint64_t token);
} tompion_resolve_t;

// Provider side.
typedef struct tompion_resolve_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // TOMPION_OK with addresses (port 0), or TOMPION_NOT_FOUND, or TOMPION_AGAIN (the resolver failed for now) with none.
  // `text` says why in words, "" on success. [capture & started]
  void (*resolved)(const tompion_provider_t *provider, uint64_t token, tompion_status status,
                   const tompion_address_t *addresses, uint32_t count, const char *text);
} tompion_resolve_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
