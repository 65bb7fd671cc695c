// SPDX-License-Identifier: Apache-2.0
// PTP hardware clocks (/dev/ptpN) read beside the system's clocks, and what cards do with time stamps.
#ifndef CLINUX_PHC_H
#define CLINUX_PHC_H

#include "base.h"
#include "clock.h"

// The device, the system clock and the raw counter at one moment, as the hardware latched them.
typedef struct clinux_cross_stamp {
  int64_t device;
  int64_t realtime;
  int64_t raw;
} clinux_cross_stamp_t;

// The device between two readings of a system clock: `raw_before` and `raw_after` are of the clock that was asked for.
typedef clinux_bracket_t clinux_device_bracket_t;

// struct ptp_clock_caps, as far as somebody asks for it.
typedef struct clinux_phc_capabilities {
  int32_t maximum_adjustment;  // ppb
  int32_t alarms;
  int32_t external_stamps;
  int32_t periodic_outputs;
  int32_t pps;
  int32_t pins;
  int32_t cross_stamping;
  int32_t phase_adjustment;
} clinux_phc_capabilities_t;

// The path that a path leads to (realpath(3)), ended by a zero: its length, or -ENAMETOOLONG where it does not fit.
int32_t clinux_real_path(const char *path, char *real, size_t capacity);
// The number (major and minor) of the character device that a path leads to; -ENODEV where it leads to something else.
int32_t clinux_device_number(const char *path, uint64_t *number);
// Opens /dev/ptpN and the like; refuses what is no character device.
int32_t clinux_phc_open(const char *path, int32_t writable);
// The clock id of an open device, for clock_gettime(2) and clock_adjtime(2); never fails.
CLINUX_REALTIME int32_t clinux_phc_clock(int32_t fd);
int32_t clinux_phc_describe(int32_t fd, clinux_phc_capabilities_t *capabilities);
// PTP_SYS_OFFSET_PRECISE.
CLINUX_REALTIME int32_t clinux_phc_precise(int32_t fd, clinux_cross_stamp_t *stamp);
// PTP_SYS_OFFSET_EXTENDED beside `clock` (CLOCK_REALTIME; from Linux 6.12 on also CLOCK_MONOTONIC_RAW): of up to 25 readings the
// one with the narrowest bracket.
CLINUX_REALTIME int32_t clinux_phc_extended(int32_t fd, int32_t clock, uint32_t readings, clinux_device_bracket_t *bracket);
// PTP_SYS_OFFSET, beside CLOCK_REALTIME; the same.
CLINUX_REALTIME int32_t clinux_phc_plain(int32_t fd, uint32_t readings, clinux_device_bracket_t *bracket);

// What a card can stamp (ETHTOOL_GET_TS_INFO) and what it is told to (SIOCGHWTSTAMP).
typedef struct clinux_stamping_abilities {
  uint32_t flags;    // SOF_TIMESTAMPING_*
  int32_t phc;       // N of /dev/ptpN, -1 = none
  uint32_t tx_types;    // 1 << HWTSTAMP_TX_*
  uint32_t rx_filters;  // 1 << HWTSTAMP_FILTER_*
} clinux_stamping_abilities_t;

typedef struct clinux_stamping {
  int32_t tx_type;
  int32_t rx_filter;
} clinux_stamping_t;

int32_t clinux_stamping_describe(const char *device, clinux_stamping_abilities_t *abilities);
int32_t clinux_stamping_get(const char *device, clinux_stamping_t *stamping);
// SIOCSHWTSTAMP: needs CAP_NET_ADMIN and changes the card for everybody. What the driver made of it comes back.
int32_t clinux_stamping_set(const char *device, clinux_stamping_t *stamping);
// The link's speed in Mbit/s (ETHTOOL_GLINKSETTINGS), 0 = not known.
int32_t clinux_link_speed(const char *device);

extern const int32_t clinux_hwtstamp_tx_off, clinux_hwtstamp_tx_on, clinux_hwtstamp_filter_none, clinux_hwtstamp_filter_all,
    clinux_hwtstamp_filter_some, clinux_hwtstamp_filter_ntp_all, clinux_hwtstamp_filter_ptp;

#endif
