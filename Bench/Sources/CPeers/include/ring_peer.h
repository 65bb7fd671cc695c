// SPDX-License-Identifier: Apache-2.0
// What SampleRing is compared with in the same run: a C++ ring of the same items and capacity, under the same load.
#ifndef BENCH_RING_PEER_H
#define BENCH_RING_PEER_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct { uint64_t words[16]; } ring_item;
typedef struct ring_peer ring_peer;

ring_peer *ring_peer_make(uint64_t capacity);
void ring_peer_free(ring_peer *ring);
// Each returns the sum of the items' words 4, so that a lost or doubled one is seen.
// Pushes and pops `count` items on one thread, `burst` at a time (a power of two: so many items there are).
uint64_t ring_peer_same_core(ring_peer *ring, const ring_item *items, uint64_t count, uint64_t burst);
// The two ends of a transfer, each on a thread of its own; they spin where the ring is full or empty.
void ring_peer_produce(ring_peer *ring, const ring_item *items, uint64_t count, uint64_t burst);
uint64_t ring_peer_consume(ring_peer *ring, uint64_t count);

// The compiler may not know what is in that memory, nor leave out writing it: an item is really made and really taken. The same
// for both languages.
static inline void bench_touch(void *memory) { __asm__ volatile("" : : "r"(memory) : "memory"); }
static inline void bench_use(const void *memory) { __asm__ volatile("" : : "r"(memory) : "memory"); }
// A spin-wait's hint to the processor.
static inline void bench_relax(void) {
#if defined(__x86_64__)
  __asm__ volatile("pause");
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#ifdef __cplusplus
}
#endif
#endif
