// SPDX-License-Identifier: Apache-2.0
// device-io/1: serial lines, pulses, PTP hardware clocks and NTP's shared memory, which the host owns: for GNSS receivers, PPS, PHC.
#ifndef TOMPION_EXT_DEVICE_IO_H
#define TOMPION_EXT_DEVICE_IO_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_DEVICE_IO_ID "tompion.device-io/1"

#define TOMPION_DEVICE_SERIAL 1  // tty(4): raw, 8 data bits, no parity; bytes with the time of the first byte of each read
#define TOMPION_DEVICE_PPS 2     // RFC 2783: the edges of /dev/ppsN, every one of them
#define TOMPION_DEVICE_PHC 3     // ptp(4): cross time stamps, and the external time stamps of one channel
#define TOMPION_DEVICE_MEMORY 4  // NTP's shared memory, driver 28 of ntpd: path "shm:0" to "shm:255", 96 bytes

// Edges. Of an external time stamp for which both were asked the card does not say which it was: both bits.
#define TOMPION_EDGE_ASSERT 1
#define TOMPION_EDGE_CLEAR 2

// How a PTP clock was read (linux/ptp_clock.h), best first: PTP_SYS_OFFSET_PRECISE, EXTENDED beside the raw counter, EXTENDED beside CLOCK_REALTIME, plain.
#define TOMPION_READING_PRECISE 1
#define TOMPION_READING_EXTENDED_RAW 2
#define TOMPION_READING_EXTENDED 3
#define TOMPION_READING_PLAIN 4

// Flags of a device; a host that does not know one returns TOMPION_UNSUPPORTED.
// PPS, PHC: have the PTP clock (behind a /dev/ppsN) make its pulses. PERMISSION where the host has no right to it.
#define TOMPION_DEVICE_ENABLE_PPS (1u << 0)
// MEMORY: `write` into it instead of reading it; it is made, mode 0600, where it is missing.
#define TOMPION_DEVICE_WRITE (1u << 1)
// MEMORY: whoever owns it and may write it. Else: root or the host's own user alone, or PERMISSION.
#define TOMPION_DEVICE_ANY_OWNER (1u << 2)

typedef struct tompion_device_options {
  uint32_t size;
  uint32_t kind;            // TOMPION_DEVICE_*
  const char *path;         // as one of the provider's settings has it, or PERMISSION: "/dev/ttyS0", "/dev/pps0", "/dev/ptp0", "shm:0"
  uint32_t speed;           // serial: bit/s, 0 = leave
  uint32_t edges;           // PPS, PHC: TOMPION_EDGE_* bits; PHC 0: no external time stamps
  uint32_t channel;         // PHC: external time stamp channel
  uint32_t pin;             // PHC: pin that is given to the channel, UINT32_MAX = leave
  // PHC: a cross time stamp every so often, 0 = none. PPS, MEMORY: look at least every so often, 0 = 100 ms; a steady pulse is looked
  // for right after it is due. At least 5.
  uint32_t interval_ms;
  uint32_t flags;           // TOMPION_DEVICE_* flags
} tompion_device_options_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_device_options_t) == 40, "options layout is frozen");

// A moment that a device marked: the edge of a pulse, or a reading of a hardware clock between two of the system's.
typedef struct tompion_device_mark {
  uint32_t device;
  uint32_t edge;                // TOMPION_EDGE_*, 0 = a reading
  uint32_t sequence;            // PPS: the kernel's count of that edge, gaps are missed ones; PHC: the host's
  uint32_t channel;             // PHC: of an external time stamp; of a reading TOMPION_READING_*, 0 = not said
  tompion_stamp_t stamp;        // on the disciplined clock, with raw time
  int64_t device_ns;            // the device's own clock at that moment (PHC), 0 for PPS
  uint32_t device_subns;        // 2^-16 ns
  uint32_t error_ns;            // PHC: how far device_ns and stamp.raw_nanoseconds may be apart in truth, one-sided
} tompion_device_mark_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_device_mark_t) == 64, "mark layout is frozen");

// Host side. All of it is the owner's thread's, as packet-io's sockets are: TOMPION_WRONG_ROLE, 0 or nothing elsewhere.
typedef struct tompion_device_io {
  uint32_t size;
  uint32_t reserved;  // 0
  // Opens a device; its handle (never 0, never used again) goes into *device. Each path once at a time (ADDRESS_IN_USE), at most 16
  // (AGAIN). NOT_FOUND: there is none; INVALID: what is there is of another kind, or has no such speed, channel or pin; UNSUPPORTED: it
  // cannot do that, or this host has no such devices.
  // Only for reading: no PHC can be steered by it. [control or capture & inited]
  tompion_status (*open)(const tompion_host_t *host, const tompion_device_options_t *options, uint32_t *device);
  void (*close)(const tompion_host_t *host, uint32_t device);  // [control or capture & inited]
  // Serial: hands bytes to the line (a receiver's configuration); returns how many were taken: fewer = it is full, try later.
  // Memory with WRITE: a whole segment of 96 bytes or nothing; mode, count and valid are filled in by the host. 0: another
  // program has written there since the last call (or the opening), and nothing was; the next call asks from then on. [capture & started]
  uint32_t (*write)(const tompion_host_t *host, uint32_t device, const uint8_t *bytes, uint32_t count);
} tompion_device_io_t;

// Provider side.
typedef struct tompion_device_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // Serial: at most 4096 bytes, and when the first of them was there by (a serial line's frame time is for the provider to take off).
  // Memory: the whole segment, whenever it changed, never half written. Kind USER. [capture & started]
  void (*received)(const tompion_provider_t *provider, uint32_t device, const uint8_t *bytes, uint32_t count,
                   const tompion_stamp_t *first);
  // Edges and readings, oldest first. NULL if no PPS or PHC is ever opened. [capture & started]
  void (*marked)(const tompion_provider_t *provider, const tompion_device_mark_t *marks, uint32_t count);
  // The device is gone (unplugged, hung up) or back: TOMPION_NOT_FOUND, TOMPION_OK. The host tries to open it again once a second; the
  // handle stays the same. May be NULL. [capture & started]
  void (*changed)(const tompion_provider_t *provider, uint32_t device, tompion_status status);
} tompion_device_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
