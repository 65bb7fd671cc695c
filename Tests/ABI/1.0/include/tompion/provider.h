// SPDX-License-Identifier: Apache-2.0
// What a provider is to its host.
#ifndef TOMPION_PROVIDER_CORE_H
#define TOMPION_PROVIDER_CORE_H

#include "command.h"
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a provider can be, for people and for the host's choice of placement.
#define TOMPION_CAPABILITY_INPUT (1u << 0)        // yields samples
#define TOMPION_CAPABILITY_OUTPUT (1u << 1)       // serves time
#define TOMPION_CAPABILITY_OWN_THREAD (1u << 2)   // runs a thread of its own, which then is its [capture] role
#define TOMPION_CAPABILITY_MANY_WORKERS (1u << 3) // packet-io receive may run on several workers at once

// Says what a provider is without making one. Lives as long as the process; all strings UTF-8, none NULL.
typedef struct tompion_descriptor {
  uint32_t size;
  uint32_t capabilities;    // TOMPION_CAPABILITY_*
  const char *id;           // reverse-URI: "org.tompion.ntp-client"
  const char *name;         // for people, and the name in the configuration: "ntp-client"
  const char *vendor;
  const char *version;
  const char *description;  // one line
} tompion_descriptor_t;

typedef struct tompion_provider {
  uint32_t size;
  uint32_t reserved;        // 0
  void *provider_data;      // the plugin's own
  const tompion_descriptor_t *descriptor;

  // Reads settings, adds sources. Failing leaves the provider opened; close follows. [control & opened]
  tompion_status (*init)(const struct tompion_provider *provider);
  // Opens sockets, arms timers; samples may flow from now on. [control & inited or stopped]
  tompion_status (*start)(const struct tompion_provider *provider);
  // No sample, packet or timer is used after it returns. [control & started]
  void (*stop)(const struct tompion_provider *provider);
  // Frees everything; the last call. `provider` is dead when it returns. [control & opened, inited or stopped]
  void (*close)(const struct tompion_provider *provider);
  // Handles a command within 500 ms. Unknown kinds: TOMPION_UNSUPPORTED. [control & inited]
  tompion_status (*command)(const struct tompion_provider *provider, const tompion_command_t *command);
  // Regular call while started, about once a second, for providers that asked by host->request_poll. [capture & started]
  void (*poll)(const struct tompion_provider *provider, int64_t now_raw_ns);
  // The provider's side of a capability, NULL = absent. The table lives as long as the process. [any]
  const void *(*get_extension)(const struct tompion_provider *provider, const char *id);
} tompion_provider_t;

#ifdef __cplusplus
}
#endif
#endif
