// SPDX-License-Identifier: Apache-2.0
// source/1 (host side): a provider announces its time sources and keeps what people see of them up to date.
#ifndef TOMPION_EXT_SOURCE_H
#define TOMPION_EXT_SOURCE_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_SOURCE_ID "tompion.source/1"

// Options an operator gave the source; selection obeys them.
#define TOMPION_SOURCE_PREFER (1u << 0)
#define TOMPION_SOURCE_NOSELECT (1u << 1)
#define TOMPION_SOURCE_TRUST (1u << 2)
#define TOMPION_SOURCE_REQUIRE (1u << 3)
#define TOMPION_SOURCE_RELIABLE (1u << 4)
#define TOMPION_SOURCE_AUTHENTICATED (1u << 5)   // last exchange was authenticated
#define TOMPION_SOURCE_POOL_MEMBER (1u << 6)
#define TOMPION_SOURCE_REFCLOCK (1u << 7)
#define TOMPION_SOURCE_SMEARS (1u << 8)         // spreads leap seconds over hours: never mixed with sources that make them
#define TOMPION_SOURCE_INTERLEAVED (1u << 9)     // its server tells when its replies really left (RFC 9769)
#define TOMPION_SOURCE_MUST_AUTHENTICATE (1u << 10)  // so configured: what does not prove itself is refused, and never a sample
// The disciplined clock itself: never followed, and served at the stratum of its samples where nobody can be followed (Docs/algorithm.md, section 4).
// Its reach says whether it may stand in now; the root dispersion of its samples is the most that is told.
#define TOMPION_SOURCE_LOCAL (1u << 11)
#define TOMPION_SOURCE_ORPHAN (1u << 12)        // with LOCAL: one of several hosts that stand in for real time and elect a leader
#define TOMPION_SOURCE_SENIOR (1u << 13)        // its address comes before the one it is asked from, by their reference ids: it may lead
// What an operator says: one sample is enough, however far off it may be; followed only where there is no other, and nobody is synchronized by it.
#define TOMPION_SOURCE_MANUAL (1u << 14)

// What a source has to prove itself by: `reserved[0]` of its info.
#define TOMPION_PROOF_NONE 0
#define TOMPION_PROOF_SYMMETRIC 1
#define TOMPION_PROOF_MS_SNTP 2
#define TOMPION_PROOF_NTS 3
#define TOMPION_PROOF_OTHER 255

// Why the last reply that proved nothing did not, `reserved[1]`: these, or TOMPION_REFUSE_* of authenticate/1; 0 = there was none.
#define TOMPION_SOURCE_PROOF_MISSING 100  // it carried nothing of the scheme
#define TOMPION_SOURCE_PROOF_NAK 101      // a crypto-NAK

typedef struct tompion_source_info {
  uint32_t size;
  uint32_t flags;             // TOMPION_SOURCE_*
  char name[128];             // as configured: "ntp.example.net" (UTF-8, NUL-terminated; longer is cut)
  char address[64];           // as used now: "192.0.2.1:123", "/dev/pps0", "" = none yet
  char last_error[128];       // one line, "" = none
  int64_t last_reply_raw_ns;  // 0 = never
  uint32_t reference_id;      // the server's own, as it said: whom it follows (a sample's is another); host byte order
  uint32_t polls;             // requests sent
  uint32_t replies;           // valid replies
  uint32_t rejected;          // replies refused by a test
  uint32_t unanswered;        // consecutive polls without a valid reply
  uint8_t reach;              // RFC 5905 reach register
  uint8_t stratum;            // 0 = not known
  uint8_t leap;               // TOMPION_LEAP_*
  int8_t poll;                // interval, log2 s
  int8_t min_poll;            // bounds within which the engine may advise
  int8_t max_poll;
  uint8_t reserved[6];        // 0, or what it proves: TOMPION_PROOF_*, why not, and the last proven reply's key (0 = not known; low byte first)
} tompion_source_info_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_source_info_t) == 368, "source info layout is frozen");

typedef struct tompion_source {
  uint32_t size;
  uint32_t reserved;  // 0
  // Makes a source; its id (never 0, never used again) goes into *source at once. [control or capture & inited]
  tompion_status (*add)(const tompion_host_t *host, const tompion_source_info_t *info, uint32_t *source);
  // Replaces what is known of a source. Copied; cheap enough for each poll. [control or capture & inited]
  tompion_status (*update)(const tompion_host_t *host, uint32_t source, const tompion_source_info_t *info);
  // The source is gone: its samples are dropped. [control or capture & inited]
  tompion_status (*remove)(const tompion_host_t *host, uint32_t source);
} tompion_source_t;

#ifdef __cplusplus
}
#endif
#endif
