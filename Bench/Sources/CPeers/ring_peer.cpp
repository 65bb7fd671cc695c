// SPDX-License-Identifier: Apache-2.0
#include "include/ring_peer.h"

#include "SPSCRing.hpp"

struct ring_peer {
  bench::SPSCRing<ring_item> ring;
  explicit ring_peer(uint64_t capacity) : ring(capacity) {}
};

ring_peer *ring_peer_make(uint64_t capacity) { return new ring_peer(capacity); }
void ring_peer_free(ring_peer *ring) { delete ring; }

uint64_t ring_peer_same_core(ring_peer *peer, const ring_item *items, uint64_t count, uint64_t burst) {
  auto &ring = peer->ring;
  ring_item out;
  uint64_t sum = 0;
  for (uint64_t done = 0; done < count; done += burst) {
    for (uint64_t i = 0; i < burst; ++i) {
      bench_use(items);
      ring.try_push(items[i]);
    }
    for (uint64_t i = 0; i < burst; ++i) {
      if (!ring.try_pop(out)) continue;
      bench_use(&out);
      sum += out.words[4];
    }
  }
  return sum;
}

void ring_peer_produce(ring_peer *peer, const ring_item *items, uint64_t count, uint64_t burst) {
  auto &ring = peer->ring;
  for (uint64_t done = 0; done < count; ++done) {
    bench_use(items);
    while (!ring.try_push(items[done & (burst - 1)])) bench_relax();
  }
}

uint64_t ring_peer_consume(ring_peer *peer, uint64_t count) {
  auto &ring = peer->ring;
  ring_item out;
  uint64_t sum = 0;
  for (uint64_t done = 0; done < count; ++done) {
    while (!ring.try_pop(out)) bench_relax();
    bench_use(&out);
    sum += out.words[4];
  }
  return sum;
}
