// SPDX-License-Identifier: Apache-2.0
// The one symbol a plugin exports.
#ifndef TOMPION_MODULE_H
#define TOMPION_MODULE_H

#include "provider.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tompion_module {
  uint32_t size;
  uint16_t abi_major;          // TOMPION_ABI_MAJOR
  uint16_t abi_minor;
  uint32_t descriptor_count;   // 1 to 64
  uint32_t reserved;           // 0
  // Descriptor number `index`, NULL beyond the last. Fast, without side effects. [any, before open too]
  const tompion_descriptor_t *(*descriptor)(uint32_t index);
  // Makes a provider of that id; NULL = refused. May call host->get_extension and log/1, nothing else yet.
  // One module may be opened several times. [control]
  const tompion_provider_t *(*open)(const char *id, const tompion_host_t *host);
} tompion_module_t;

// Exported with default visibility, and nothing else (Plugins/exports.map is a linker script that sees to it).
#define TOMPION_EXPORT __attribute__((visibility("default")))
TOMPION_EXPORT const tompion_module_t *tompion_module_v1(void);
typedef const tompion_module_t *(*tompion_module_function)(void);
#define TOMPION_MODULE_SYMBOL "tompion_module_v1"

#ifdef __cplusplus
}
#endif
#endif
