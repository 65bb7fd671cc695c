// SPDX-License-Identifier: Apache-2.0
// clock-info/1 (host side): what the daemon knows of its clock, as a page that is read without a call.
#ifndef TOMPION_EXT_CLOCK_INFO_H
#define TOMPION_EXT_CLOCK_INFO_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_CLOCK_INFO_ID "tompion.clock-info/1"

// What holds now, as of raw_ns. Root dispersion grows from there by dispersion_rate.
typedef struct tompion_clock_info {
  uint32_t size;
  uint16_t clock;
  uint8_t leap;                    // 3 = unsynchronized
  uint8_t stratum;                 // 16 = unsynchronized
  int64_t raw_ns;                  // when this was written
  int64_t reference_ns;            // UTC of the last update of the clock (reference timestamp)
  uint64_t root_delay_ns;
  uint64_t root_dispersion_ns;     // at raw_ns
  uint64_t bound_statistical_ns;   // at raw_ns
  uint64_t bound_hard_ns;          // at raw_ns
  uint32_t dispersion_rate_ppb;    // growth of root dispersion and of the hard bound, ns per s
  uint32_t reference_id;           // host byte order
  int32_t frequency_ppb;           // applied, positive = the clock is made faster
  int16_t tai_offset;              // TAI - UTC, s; 0 = not known
  int8_t precision;                // log2 s
  uint8_t synchronized;            // 1 = yes
  uint32_t era;                    // steps so far
  uint32_t statistical_rate_ppb;   // growth of the statistical bound, ns per s
} tompion_clock_info_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_clock_info_t) == 80, "clock info layout is frozen");

// A seqlock: the writer makes `sequence` odd, writes `words`, makes it even again.
typedef struct tompion_clock_page {
  uint32_t size;
  uint32_t sequence;       // read and written atomically
  uint64_t words[15];      // a tompion_clock_info_t in the first 10, written atomically word by word; the rest 0
} tompion_clock_page_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_clock_page_t) == 128, "clock page layout is frozen");

typedef struct tompion_clock_info_host {
  uint32_t size;
  uint32_t reserved;  // 0
  // The page of a clock, NULL = there is none. Lives until close. [any]
  const tompion_clock_page_t *(*page)(const tompion_host_t *host, uint16_t clock);
} tompion_clock_info_host_t;

// Copies a consistent state out of the page; 0 after 1000 tries in vain (the writer died in the middle). [any]
static inline int tompion_clock_read(const tompion_clock_page_t *page, tompion_clock_info_t *info) {
  union { tompion_clock_info_t info; uint64_t words[10]; } copy;
  for (int tries = 0; tries < 1000; ++tries) {
    uint32_t before = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
    if (before & 1u) continue;
    for (int i = 0; i < 10; ++i) copy.words[i] = __atomic_load_n(&page->words[i], __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&page->sequence, __ATOMIC_RELAXED) == before) {
      *info = copy.info;
      return 1;
    }
  }
  return 0;
}

#ifdef __cplusplus
}
#endif
#endif
