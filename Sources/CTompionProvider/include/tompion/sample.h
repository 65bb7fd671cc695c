// SPDX-License-Identifier: Apache-2.0
// One measurement of a source against a local clock: 128 bytes of plain data.
#ifndef TOMPION_SAMPLE_H
#define TOMPION_SAMPLE_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_SAMPLE_AUTHENTICATED (1u << 0)   // the reply was authenticated
#define TOMPION_SAMPLE_ONE_WAY (1u << 1)         // no round trip: delay says nothing
#define TOMPION_SAMPLE_PULSE (1u << 2)           // which second the pulse marks is for others to say: of reference_ns its fraction counts
#define TOMPION_SAMPLE_REPLY (1u << 3)           // answers a poll: counts for reach
#define TOMPION_SAMPLE_HAS_FREQUENCY (1u << 4)
#define TOMPION_SAMPLE_HAS_TAI_OFFSET (1u << 5)
#define TOMPION_SAMPLE_RELIABLE (1u << 6)        // calls itself unsynchronized, configured as reliable
#define TOMPION_SAMPLE_BURST (1u << 7)           // one of several taken at once
#define TOMPION_SAMPLE_NO_LEAP (1u << 8)         // its source knows nothing of leap seconds: `leap` does not count (of a pulse never)

// Offset = reference - local: positive means that the local clock is behind.
typedef struct tompion_sample {
  uint32_t size;                 // 128
  uint32_t source;               // from source/1 add
  uint32_t sequence;             // counts the samples of the source
  uint32_t flags;                // TOMPION_SAMPLE_*
  int64_t local_ns;              // the local clock at the middle of the exchange, since its epoch
  int64_t reference_ns;          // the reference at the same moment, on `timescale`
  int64_t raw_ns;                // CLOCK_MONOTONIC_RAW at the same moment
  int64_t delay_ns;              // (T4 - T1) - (T3 - T2) on the raw clock; may be slightly negative
  uint64_t dispersion_ns;        // error of the measurement itself
  uint64_t root_delay_ns;        // the source's own round trip to the primary reference
  uint64_t root_dispersion_ns;
  uint64_t asymmetry_bound_ns;   // most that unequal paths can have moved the offset; UINT64_MAX = unknown
  int64_t turnaround_ns;         // T3 - T2
  int64_t frequency;             // of the reference against the raw clock, 2^-16 ppb; if HAS_FREQUENCY
  uint32_t era;                  // of the local clock
  uint32_t reference_id;         // what this host announces when it follows the source (RFC 5905, section 7.3): a server's
                                 // IPv4 address, or the first 4 octets of the MD5 of its IPv6 address, or a reference
                                 // clock's code ("GPS"); the server's own id is in tompion_source_info. Host byte order
  uint16_t local_subns;          // 2^-16 ns
  uint16_t reference_subns;      // 2^-16 ns
  uint16_t clock;                // the local clock
  int16_t tai_offset;            // TAI - UTC, s; if HAS_TAI_OFFSET
  uint8_t timescale;             // TOMPION_TIMESCALE_UTC or _TAI
  uint8_t leap;                  // TOMPION_LEAP_*
  uint8_t stratum;               // of the source, 1..15; a reference clock's (SOURCE_REFCLOCK) 0
  int8_t precision;              // of the source's clock, log2 s
  int8_t poll;                   // interval, log2 s
  uint8_t rx_kind;               // TOMPION_STAMP_*
  uint8_t tx_kind;               // TOMPION_STAMP_*
  uint8_t reserved8;             // 0
  uint64_t reserved64;           // 0
} tompion_sample_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_sample_t) == 128, "sample layout is frozen");

#ifdef __cplusplus
}
#endif
#endif
