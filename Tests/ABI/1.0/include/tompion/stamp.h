// SPDX-License-Identifier: Apache-2.0
// A reading of a clock, with the raw counter at the same moment.
#ifndef TOMPION_STAMP_H
#define TOMPION_STAMP_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tompion_stamp {
  int64_t nanoseconds;      // the clock's reading since its epoch (UTC clocks: 1970)
  int64_t raw_nanoseconds;  // CLOCK_MONOTONIC_RAW at that moment: subtract these, not readings
  uint32_t error_ns;        // how far the two may be apart in truth, one-sided
  uint32_t era;             // steps that the clock had seen; readings of two eras must not be subtracted
  uint16_t subns;           // fraction of `nanoseconds`, 2^-16 ns
  uint16_t clock;           // which clock
  uint8_t kind;             // TOMPION_STAMP_*; NONE = there is no stamp
  uint8_t timescale;        // TOMPION_TIMESCALE_*
  uint16_t reserved;        // 0
} tompion_stamp_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_stamp_t) == 32, "stamp layout is frozen");

#ifdef __cplusplus
}
#endif
#endif
