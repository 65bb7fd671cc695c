// SPDX-License-Identifier: Apache-2.0
// What the host is to a provider. Each provider instance gets a host table of its own.
#ifndef TOMPION_HOST_H
#define TOMPION_HOST_H

#include "sample.h"
#include "stamp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tompion_host {
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  void *host_data;      // the host's own
  const char *name;     // "tompiond", "simulate", "provider-check"
  const char *version;

  // Puts samples into the provider's ring, copied. Returns how many were taken: fewer = the ring is full or a sample is not
  // valid (both counted). Wait-free. [capture & started]
  uint32_t (*publish)(const struct tompion_host *host, const tompion_sample_t *samples, uint32_t count);
  // CLOCK_MONOTONIC_RAW, or the simulator's counter. [any]
  int64_t (*now_raw)(const struct tompion_host *host);
  // Reads a clock as now: kind USER. TOMPION_NOT_FOUND for a clock that is not there. [any]
  tompion_status (*now)(const struct tompion_host *host, uint16_t clock, tompion_stamp_t *stamp);
  // Fills with unpredictable bytes (getrandom(2); seeded in the simulator). [any]
  void (*random)(const struct tompion_host *host, void *bytes, uint32_t count);
  // Asks for provider->poll. [any]
  void (*request_poll)(const struct tompion_host *host);
  // The host's side of a capability, NULL = absent. Table and owner (`host`) live until close returns. [any]
  const void *(*get_extension)(const struct tompion_host *host, const char *id);
} tompion_host_t;

#ifdef __cplusplus
}
#endif
#endif
