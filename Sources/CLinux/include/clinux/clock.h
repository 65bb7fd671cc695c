// SPDX-License-Identifier: Apache-2.0
// Clock readings and adjtimex(2).
#ifndef CLINUX_CLOCK_H
#define CLINUX_CLOCK_H

#include "base.h"

#define CLINUX_CLOCK_REALTIME 0
#define CLINUX_CLOCK_MONOTONIC 1
#define CLINUX_CLOCK_MONOTONIC_RAW 4
// CLOCK_AUX of Linux 6.17 (include/uapi/linux/time.h): the first of eight auxiliary clocks.
#define CLINUX_CLOCK_AUX 16
#define CLINUX_AUX_CLOCKS 8

// Nanoseconds of a clock; INT64_MIN if the clock cannot be read.
CLINUX_REALTIME int64_t clinux_clock_now(int32_t clock);

// A clock read between two readings of CLOCK_MONOTONIC_RAW.
typedef struct clinux_bracket {
  int64_t raw_before;
  int64_t clock;
  int64_t raw_after;
} clinux_bracket_t;

// Reads `clock` up to `tries` times and keeps the reading with the narrowest bracket; stops early at one of at most `enough` ns.
CLINUX_REALTIME int32_t clinux_clock_bracket(int32_t clock, int32_t tries, int64_t enough, clinux_bracket_t *bracket);

// struct timex without its padding and bit fields; the units are the kernel's.
typedef struct clinux_timex {
  uint32_t modes;
  int32_t status;
  int64_t offset;
  int64_t frequency;      // 2^-16 ppm
  int64_t maximum_error;  // us
  int64_t estimated_error;
  int64_t constant;
  int64_t precision;
  int64_t tolerance;
  int64_t seconds;        // time, or the interval of ADJ_SETOFFSET
  int64_t subseconds;     // us, or ns with ADJ_NANO / STA_NANO
  int64_t tick;           // us per tick
  int32_t tai;
  int32_t state;          // TIME_OK ... as returned by the call
} clinux_timex_t;

// adjtimex(2) on CLOCK_REALTIME; changes the host's clock only as `modes` says.
CLINUX_REALTIME int32_t clinux_adjtimex(clinux_timex_t *timex);
// clock_adjtime(2).
CLINUX_REALTIME int32_t clinux_clock_adjtime(int32_t clock, clinux_timex_t *timex);

extern const uint32_t clinux_adj_offset, clinux_adj_frequency, clinux_adj_maxerror, clinux_adj_esterror, clinux_adj_status,
    clinux_adj_timeconst, clinux_adj_tai, clinux_adj_setoffset, clinux_adj_nano, clinux_adj_tick;
extern const int32_t clinux_sta_pll, clinux_sta_ppsfreq, clinux_sta_ppstime, clinux_sta_fll, clinux_sta_ins, clinux_sta_del,
    clinux_sta_unsync, clinux_sta_freqhold, clinux_sta_nano, clinux_sta_readonly;

#endif
