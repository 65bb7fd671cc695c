// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

_Static_assert(sizeof(struct timespec) == 16, "64-bit time");
_Static_assert(CLINUX_CLOCK_REALTIME == CLOCK_REALTIME && CLINUX_CLOCK_MONOTONIC == CLOCK_MONOTONIC &&
                   CLINUX_CLOCK_MONOTONIC_RAW == CLOCK_MONOTONIC_RAW,
               "clock numbers");
_Static_assert(sizeof(((struct timex *)0)->freq) == 8, "64-bit kernel interface");
_Static_assert(sizeof(clinux_timex_t) == 96, "timex layout");

const uint32_t clinux_adj_offset = ADJ_OFFSET, clinux_adj_frequency = ADJ_FREQUENCY, clinux_adj_maxerror = ADJ_MAXERROR,
               clinux_adj_esterror = ADJ_ESTERROR, clinux_adj_status = ADJ_STATUS, clinux_adj_timeconst = ADJ_TIMECONST,
               clinux_adj_tai = ADJ_TAI, clinux_adj_setoffset = ADJ_SETOFFSET, clinux_adj_nano = ADJ_NANO,
               clinux_adj_tick = ADJ_TICK;
const int32_t clinux_sta_pll = STA_PLL, clinux_sta_ppsfreq = STA_PPSFREQ, clinux_sta_ppstime = STA_PPSTIME,
              clinux_sta_fll = STA_FLL, clinux_sta_ins = STA_INS, clinux_sta_del = STA_DEL, clinux_sta_unsync = STA_UNSYNC,
              clinux_sta_freqhold = STA_FREQHOLD, clinux_sta_nano = STA_NANO, clinux_sta_readonly = STA_RONLY;

static int64_t nanoseconds(const struct timespec *time) { return time->tv_sec * INT64_C(1000000000) + time->tv_nsec; }

int64_t clinux_clock_now(int32_t clock) {
  struct timespec time;
  return clock_gettime(clock, &time) == 0 ? nanoseconds(&time) : INT64_MIN;
}

int32_t clinux_clock_bracket(int32_t clock, int32_t tries, int64_t enough, clinux_bracket_t *bracket) {
  int64_t best = INT64_MAX;
  struct timespec before, middle, after;
  if (clock_gettime(CLOCK_MONOTONIC_RAW, &before) != 0) return -errno;
  for (int32_t i = 0; i < tries; ++i) {
    if (clock_gettime(clock, &middle) != 0) return -errno;
    if (clock_gettime(CLOCK_MONOTONIC_RAW, &after) != 0) return -errno;
    int64_t width = nanoseconds(&after) - nanoseconds(&before);
    if (width < best) {
      best = width;
      bracket->raw_before = nanoseconds(&before);
      bracket->clock = nanoseconds(&middle);
      bracket->raw_after = nanoseconds(&after);
    }
    if (best <= enough) break;
    before = after;
  }
  return 0;
}

static void export_timex(const struct timex *from, int state, clinux_timex_t *to) {
  to->modes = from->modes;
  to->status = from->status;
  to->offset = from->offset;
  to->frequency = from->freq;
  to->maximum_error = from->maxerror;
  to->estimated_error = from->esterror;
  to->constant = from->constant;
  to->precision = from->precision;
  to->tolerance = from->tolerance;
  to->seconds = from->time.tv_sec;
  to->subseconds = from->time.tv_usec;
  to->tick = from->tick;
  to->tai = from->tai;
  to->state = state;
}

static void import_timex(const clinux_timex_t *from, struct timex *to) {
  memset(to, 0, sizeof *to);
  to->modes = from->modes;
  to->status = from->status;
  to->offset = from->offset;
  to->freq = from->frequency;
  to->maxerror = from->maximum_error;
  to->esterror = from->estimated_error;
  to->constant = from->constant;
  to->time.tv_sec = from->seconds;
  to->time.tv_usec = from->subseconds;
  to->tick = from->tick;
  // ADJ_TAI takes its value in `constant`.
  if (from->modes & ADJ_TAI) to->constant = from->tai;
}

int32_t clinux_adjtimex(clinux_timex_t *timex) {
  struct timex kernel;
  import_timex(timex, &kernel);
  int state = adjtimex(&kernel);
  if (state < 0) return -errno;
  export_timex(&kernel, state, timex);
  return 0;
}

int32_t clinux_clock_adjtime(int32_t clock, clinux_timex_t *timex) {
  struct timex kernel;
  import_timex(timex, &kernel);
  int state = clock_adjtime(clock, &kernel);
  if (state < 0) return -errno;
  export_timex(&kernel, state, timex);
  return 0;
}
