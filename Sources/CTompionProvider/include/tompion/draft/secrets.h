// SPDX-License-Identifier: Apache-2.0
// DRAFT secrets/1: keys that an operator keeps in files, never in the configuration: symmetric keys, TLS certificates and private keys,
// machine passwords. Reviewed on paper in Docs/abi.md; no host implements it yet.
#ifndef TOMPION_DRAFT_SECRETS_H
#define TOMPION_DRAFT_SECRETS_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_SECRETS_ID "tompion.secrets/1-draft"

// Host side. The host reads the file with its own rights, checks owner and mode (not readable by others), and locks the copy in
// memory; a provider may only name what its configuration gave it ("key-file", "certificate").
typedef struct tompion_secrets {
  uint32_t size;
  uint32_t reserved;  // 0
  // The secret behind a setting's path, or TOMPION_NOT_FOUND, TOMPION_PERMISSION. *bytes lives until release or close.
  // [control & inited]
  tompion_status (*get)(const tompion_host_t *host, const char *setting, const uint8_t **bytes, uint32_t *count);
  // Wipes the copy. [control & inited]
  void (*release)(const tompion_host_t *host, const uint8_t *bytes);
} tompion_secrets_t;

// Provider side.
typedef struct tompion_secrets_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // The file behind a setting changed: get it again. [control & inited]
  void (*changed)(const tompion_provider_t *provider, const char *setting);
} tompion_secrets_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
