// SPDX-License-Identifier: Apache-2.0
// Offers the scheme "symmetric" with a code that protects nobody, for tests: 24 bytes behind the packet, the key's number and 16 bytes of
// a sum that begins with it. Keys 1 to 499 are there, 500 to 599 once order 101 says so, others are not. With the setting "pending" every
// packet is decided by order 100 only. Order 102 takes all keys away.
#define NAME "keyed"
#include "provider.h"

static struct association {
  uint32_t number, key;
  int is_ready;
} associations[64];
static struct pending {
  uint32_t association;
  int is_reply;
  tompion_protection_t packet;
  uint8_t bytes[512];
} pending[8];
static uint32_t waiting;

static tompion_status begin(void) { return TOMPION_OK; }
static const tompion_authenticator_host_t *answers(void) { return host->get_extension(host, TOMPION_AUTHENTICATOR_ID); }

static struct association *lookup(uint32_t number) {
  for (int i = 0; i < 64; ++i)
    if (associations[i].number == number) return &associations[i];
  return NULL;
}

static void code(uint32_t key, const uint8_t *bytes, uint32_t count, uint8_t out[16]) {
  for (uint64_t half = 0; half < 2; ++half) {
    uint64_t sum = 0xcbf29ce484222325u ^ key ^ half << 40;
    for (uint32_t i = 0; i < count; ++i) sum = (sum ^ bytes[i]) * 0x100000001b3u;
    for (uint32_t i = 0; i < 8; ++i) out[8 * half + i] = (uint8_t)(sum >> 8 * i);
  }
}

static void decide(const struct association *a, tompion_protection_t *p, int is_reply) {
  uint8_t right[16];
  if (!is_reply) {
    if (p->length + 20 > p->limit) {
      p->reason = TOMPION_REFUSE_NO_ROOM;
      return;
    }
    code(a->key, p->bytes, p->length, right);
    for (int i = 0; i < 4; ++i) p->bytes[p->length + i] = (uint8_t)(a->key >> (24 - 8 * i));
    memcpy(p->bytes + p->length + 4, right, 16);
    p->length += 20;
  } else {
    p->verdict = TOMPION_VERDICT_NONE;
    if (p->length == 48) return;
    p->verdict = TOMPION_VERDICT_REFUSE;
    p->reason = TOMPION_REFUSE_MALFORMED;
    if (p->length != 68) return;
    const uint8_t *mac = p->bytes + 48;
    p->reason = TOMPION_REFUSE_UNKNOWN_KEY;
    if (((uint32_t)mac[0] << 24 | (uint32_t)mac[1] << 16 | (uint32_t)mac[2] << 8 | mac[3]) != a->key) return;
    code(a->key, p->bytes, 48, right);
    p->reason = TOMPION_REFUSE_BAD_CODE;
    if (memcmp(right, mac + 4, 16)) return;
    p->length = 48;
  }
  p->key = a->key;
  p->verdict = TOMPION_VERDICT_OK;
}

static tompion_status order(uint32_t kind, int64_t value) {
  (void)value;
  if (kind == 100) {
    while (waiting) {
      struct pending first = pending[0];
      memmove(pending, pending + 1, sizeof *pending * --waiting);
      first.packet.bytes = first.bytes;
      first.packet.capacity = sizeof first.bytes;
      first.packet.verdict = TOMPION_VERDICT_REFUSE;
      const struct association *a = lookup(first.association);
      if (a) decide(a, &first.packet, first.is_reply), answers()->decided(host, first.association, &first.packet);
    }
  } else if (kind == 101) {
    for (int i = 0; i < 64; ++i)
      if (associations[i].number && !associations[i].is_ready) {
        associations[i].is_ready = 1;
        answers()->ready(host, associations[i].number, TOMPION_OK, NULL, "");
      }
  } else if (kind == 102) {
    for (int i = 0; i < 64; ++i)
      if (associations[i].number) {
        associations[i].is_ready = 0;
        answers()->ready(host, associations[i].number, TOMPION_ERROR, NULL, "the key file is gone");
      }
  }
  return TOMPION_OK;
}

static tompion_status open_it(const tompion_provider_t *p, uint32_t number, const tompion_association_options_t *options) {
  (void)p;
  uint32_t key = 0;
  for (const char *digit = options->key; *digit; ++digit) key = key * 10 + (uint32_t)(*digit - '0');
  if (!key || key > 599) return TOMPION_NOT_FOUND;
  for (int i = 0; i < 64; ++i) {
    if (associations[i].number) continue;
    associations[i] = (struct association){number, key, key < 500};
    return key < 500 ? TOMPION_OK : TOMPION_AGAIN;
  }
  return TOMPION_NO_MEMORY;
}

static void close_it(const tompion_provider_t *p, uint32_t number) {
  (void)p;
  struct association *a = lookup(number);
  if (a) a->number = 0;
}

static uint32_t growth(const tompion_provider_t *p, uint32_t number) { return (void)p, lookup(number) ? 20 : 0; }

static void each(uint32_t number, tompion_protection_t *packets, uint32_t count, int is_reply) {
  const struct association *a = lookup(number);
  int pends = *text("pending") != 0;
  for (uint32_t i = 0; i < count && a && a->is_ready; ++i) {
    if (!pends) {
      decide(a, &packets[i], is_reply);
    } else if (waiting < 8 && packets[i].length + 20 <= sizeof pending->bytes) {
      struct pending *place = &pending[waiting++];
      *place = (struct pending){number, is_reply, packets[i], {0}};
      memcpy(place->bytes, packets[i].bytes, packets[i].length);
      packets[i].verdict = TOMPION_VERDICT_PENDING;
    }
  }
}

static void protect(const tompion_provider_t *p, uint32_t number, tompion_protection_t *packets, uint32_t count) {
  (void)p;
  each(number, packets, count, 0);
}

static void unprotect(const tompion_provider_t *p, uint32_t number, tompion_protection_t *packets, uint32_t count) {
  (void)p;
  each(number, packets, count, 1);
}

static const tompion_authenticator_t table = {sizeof table, 0, "symmetric", open_it, close_it, growth, protect, unprotect};
static const void *extension(const char *id) { return strcmp(id, TOMPION_AUTHENTICATOR_ID) ? NULL : &table; }
