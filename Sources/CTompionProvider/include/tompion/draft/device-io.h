// SPDX-License-Identifier: Apache-2.0
// DRAFT device-io/1: serial lines, PPS and PTP hardware clocks that the host owns: GNSS receivers, pulses, PHC providers. Reviewed on
// paper in Docs/abi.md; no host implements it yet.
#ifndef TOMPION_DRAFT_DEVICE_IO_H
#define TOMPION_DRAFT_DEVICE_IO_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_DEVICE_IO_ID "tompion.device-io/1-draft"

#define TOMPION_DEVICE_SERIAL 1  // tty(4): bytes with the time of the first byte of each read
#define TOMPION_DEVICE_PPS 2     // RFC 2783: edges
#define TOMPION_DEVICE_PHC 3     // ptp(4): cross time stamps and external time stamp channels
#define TOMPION_DEVICE_MEMORY 4  // NTP SHM segment or a page of another process, read only

#define TOMPION_EDGE_ASSERT 1
#define TOMPION_EDGE_CLEAR 2

typedef struct tompion_device_options {
  uint32_t size;
  uint32_t kind;            // TOMPION_DEVICE_*
  const char *path;         // "/dev/ttyS0", "/dev/pps0", "/dev/ptp0", "shm:0"; the host may forbid it (PERMISSION)
  uint32_t speed;           // serial: bit/s, 0 = leave
  uint32_t edges;           // PPS, PHC: TOMPION_EDGE_* bits
  uint32_t channel;         // PHC: external time stamp channel
  uint32_t pin;             // PHC: pin that is given to the channel, UINT32_MAX = leave
  uint32_t interval_ms;     // PHC: a cross time stamp every so often, 0 = none; MEMORY: look every so often
  uint32_t reserved;        // 0
} tompion_device_options_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_device_options_t) == 40, "options layout is frozen");

// A moment that a device marked: the edge of a pulse, or a reading of a hardware clock between two of the system's.
typedef struct tompion_device_mark {
  uint32_t device;
  uint32_t edge;                // TOMPION_EDGE_*, 0 = a reading
  uint32_t sequence;            // the kernel's count: gaps are missed edges
  uint32_t channel;
  tompion_stamp_t stamp;        // on the disciplined clock, with raw time
  int64_t device_ns;            // the device's own clock at that moment (PHC), 0 for PPS
  uint32_t device_subns;        // 2^-16 ns
  uint32_t error_ns;            // half the bracket of a reading
} tompion_device_mark_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_device_mark_t) == 64, "mark layout is frozen");

// Host side.
typedef struct tompion_device_io {
  uint32_t size;
  uint32_t reserved;  // 0
  // Opens a device; its handle (never 0, never used again) goes into *device. The host opens each path once and keeps who
  // disciplines a PHC apart from who reads it. [control or capture & inited]
  tompion_status (*open)(const tompion_host_t *host, const tompion_device_options_t *options, uint32_t *device);
  void (*close)(const tompion_host_t *host, uint32_t device);  // [control or capture & inited]
  // Serial: queues bytes (a receiver's configuration), copied; returns how many were taken. [capture & started]
  uint32_t (*write)(const tompion_host_t *host, uint32_t device, const uint8_t *bytes, uint32_t count);
} tompion_device_io_t;

// Provider side.
typedef struct tompion_device_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // Serial and memory: bytes, and when the first of them was there (a serial line's frame time is for the provider to take off).
  // [capture & started]
  void (*received)(const tompion_provider_t *provider, uint32_t device, const uint8_t *bytes, uint32_t count,
                   const tompion_stamp_t *first);
  // Edges and readings, oldest first. [capture & started]
  void (*marked)(const tompion_provider_t *provider, const tompion_device_mark_t *marks, uint32_t count);
  // The device is gone (unplugged) or back: TOMPION_NOT_FOUND, TOMPION_OK. [capture & started]
  void (*changed)(const tompion_provider_t *provider, uint32_t device, tompion_status status);
} tompion_device_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
