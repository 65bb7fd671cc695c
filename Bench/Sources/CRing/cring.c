// SPDX-License-Identifier: Apache-2.0
#include "cring.h"

#include <stdatomic.h>
#include <stdlib.h>

struct cring {
  _Alignas(128) _Atomic uint64_t tail;
  uint64_t cached_head;
  _Alignas(128) _Atomic uint64_t head;
  uint64_t cached_tail;
  _Alignas(128) uint64_t mask;
  cring_sample *slots;
};

cring *cring_make(uint64_t capacity) {
  cring *ring = aligned_alloc(128, sizeof *ring);
  atomic_init(&ring->tail, 0);
  atomic_init(&ring->head, 0);
  ring->cached_head = ring->cached_tail = 0;
  ring->mask = capacity - 1;
  ring->slots = aligned_alloc(128, capacity * sizeof *ring->slots);
  return ring;
}

void cring_free(cring *ring) {
  free(ring->slots);
  free(ring);
}

static int push(cring *ring, const cring_sample *sample) {
  uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
  if (tail - ring->cached_head > ring->mask) {
    ring->cached_head = atomic_load_explicit(&ring->head, memory_order_acquire);
    if (tail - ring->cached_head > ring->mask) return 0;
  }
  ring->slots[tail & ring->mask] = *sample;
  atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
  return 1;
}

static int pop(cring *ring, cring_sample *sample) {
  uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
  if (head == ring->cached_tail) {
    ring->cached_tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    if (head == ring->cached_tail) return 0;
  }
  *sample = ring->slots[head & ring->mask];
  atomic_store_explicit(&ring->head, head + 1, memory_order_release);
  return 1;
}

uint64_t cring_same_core(cring *ring, uint64_t count, uint64_t batch) {
  cring_sample sample = {{0}}, out;
  uint64_t sum = 0;
  for (uint64_t done = 0; done < count; done += batch) {
    for (uint64_t i = 0; i < batch; ++i) {
      sample.words[0] = done + i;
      push(ring, &sample);
    }
    for (uint64_t i = 0; i < batch; ++i)
      if (pop(ring, &out)) sum += out.words[0];
  }
  return sum;
}
