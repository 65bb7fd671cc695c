// SPDX-License-Identifier: Apache-2.0
// Character devices that bring time: serial lines, pulses (RFC 2783), external stamps of PTP clocks; and NTP's shared memory.
#ifndef CLINUX_DEVICE_H
#define CLINUX_DEVICE_H

#include "base.h"

// Opens a terminal device for reading and, where that is allowed, writing: raw, 8 data bits, no parity, one stop bit, no flow control,
// never the controlling terminal; what had arrived before is thrown away. Speed in bit/s, 0 = leave.
// -ENODEV: no character device; -ENOTTY: no terminal; -EINVAL: no such speed.
int32_t clinux_serial_open(const char *path, uint32_t speed);

#define CLINUX_EDGE_ASSERT 1u
#define CLINUX_EDGE_CLEAR 2u

// The last edge of each kind, CLOCK_REALTIME, and the kernel's counts of them.
typedef struct clinux_pulses {
  uint32_t assert_sequence;
  uint32_t clear_sequence;
  int64_t assert_ns;
  int64_t clear_ns;
} clinux_pulses_t;

// Opens /dev/ppsN and sees to it that the kernel captures those edges. -ENODEV: no such device; -EOPNOTSUPP: it cannot capture them;
// -EPERM: it does not yet, and telling it needs CAP_SYS_TIME. With `enable`, a PTP clock behind it is told to make pulses.
int32_t clinux_pps_open(const char *path, uint32_t edges, int32_t enable);
// PPS_FETCH without waiting.
CLINUX_REALTIME int32_t clinux_pps_fetch(int32_t fd, clinux_pulses_t *pulses);

// An edge at an external time stamp channel, on the PTP clock's own time.
typedef struct clinux_external_stamp {
  int64_t device;
  uint32_t channel;
  uint32_t reserved;
} clinux_external_stamp_t;

// Gives a pin to the channel (UINT32_MAX = leave) and asks for stamps of those edges. Opens and closes the device for it.
int32_t clinux_phc_request_external(const char *path, uint32_t channel, uint32_t pin, uint32_t edges);
// Has the clock make pulses for /dev/ppsN (CAP_SYS_TIME).
int32_t clinux_phc_enable_pps(const char *path);
// Takes up to `capacity` (at most 32) stamps that wait; how many there were.
CLINUX_REALTIME int32_t clinux_phc_external(int32_t fd, clinux_external_stamp_t *stamps, uint32_t capacity);

// The battery-backed clock, /dev/rtcN (rtc(4)), which one program at a time may have open: -EBUSY. -ENODEV: no such device.
int32_t clinux_rtc_open(const char *path);
// What it shows, as seconds since 1970 if it keeps UTC. -EINVAL: no date at all.
int32_t clinux_rtc_read(int32_t fd, int64_t *seconds);
// Sets it (CAP_SYS_TIME). -ERANGE: a year that its registers cannot be given.
int32_t clinux_rtc_set(int32_t fd, int64_t seconds);

#define CLINUX_SEGMENT_WRITE 1u      // for writing; made, mode 0600, where it is missing
#define CLINUX_SEGMENT_ANY_OWNER 2u  // whoever made it, and whoever may write it

// NTP's shared memory: struct shmTime of ntpd's driver 28, 96 bytes where time_t has 64 bits.
#define CLINUX_SEGMENT_BYTES 96

// Attaches segment 0x4e545030 + unit. -EACCES: it belongs to, or may be written by, another than root and this process' user;
// -EINVAL: too short; -ENOENT: there is none.
int32_t clinux_segment_attach(uint32_t unit, uint32_t flags, void **address);
void clinux_segment_detach(void *address);
// Copies the segment: 1 = nobody wrote meanwhile, 0 = somebody did.
CLINUX_REALTIME int32_t clinux_segment_copy(const void *address, void *copy);
// How often it was written, twice over: readers leave that alone.
uint32_t clinux_segment_count(const void *address);
// Writes an image in the order that readers count on; mode, count and valid are this function's. `expected`: the count as whoever calls
// left it, brought up to date. 1 = written; 0 = nothing was, for the count is another: somebody else writes it, too.
CLINUX_REALTIME int32_t clinux_segment_publish(void *address, const void *image, uint32_t *expected);

// For tests: makes a segment with that mode, and removes it.
int32_t clinux_segment_create(uint32_t unit, uint32_t mode);
void clinux_segment_remove(uint32_t unit);

#endif
