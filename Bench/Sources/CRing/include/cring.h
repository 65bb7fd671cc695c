// SPDX-License-Identifier: Apache-2.0
// The C equivalent of SampleRing for comparison in the same run: the same layout, cached indices, 128-byte elements.
#ifndef BENCH_CRING_H
#define BENCH_CRING_H
#include <stdint.h>

typedef struct { uint64_t words[16]; } cring_sample;
typedef struct cring cring;

cring *cring_make(uint64_t capacity);
void cring_free(cring *ring);
// Pushes and pops `count` elements, `batch` at a time, on one thread; returns a checksum so that nothing is optimised away.
uint64_t cring_same_core(cring *ring, uint64_t count, uint64_t batch);
#endif
