// SPDX-License-Identifier: Apache-2.0
// Offers the scheme of its setting "scheme" (default "sum"): four bytes behind the packet, their sum with a key. What an association's key
// says decides what goes wrong (setting "always": for those without one). Orders: 100 decides the oldest pending packet, 101 says that association `value` is ready, 102 that it is
// not, 103 decides one of a stranger's.
#define NAME "authenticator"
#include "provider.h"

static struct association {
  uint32_t number;
  char key[16];
} associations[8];
static struct pending {
  uint32_t association;
  tompion_protection_t packet;
  uint8_t bytes[128];
} pending[4];
static uint32_t waiting, closed;

static tompion_status begin(void) { return TOMPION_OK; }

static const struct association *lookup(uint32_t number) {
  for (int i = 0; i < 8; ++i)
    if (associations[i].number == number) return &associations[i];
  return NULL;
}

static const tompion_authenticator_host_t *answers(void) { return host->get_extension(host, TOMPION_AUTHENTICATOR_ID); }

static uint32_t sum(const uint8_t *bytes, uint32_t count) {
  uint32_t total = 0x5eed;
  for (uint32_t i = 0; i < count; ++i) total = total * 31 + bytes[i];
  return total;
}

static void put(tompion_protection_t *p) {
  uint32_t code = sum(p->bytes, p->length);
  memcpy(p->bytes + p->length, &code, 4);
  p->length += 4;
  p->key = 7;
  p->verdict = TOMPION_VERDICT_OK;
}

static tompion_status order(uint32_t kind, int64_t value) {
  tompion_address_t peer = {.family = TOMPION_FAMILY_IPV4, .port = 4123};
  tompion_protection_t none = {.verdict = TOMPION_VERDICT_PENDING};
  if (kind == 100 && waiting) {
    struct pending first = pending[0];
    memmove(pending, pending + 1, sizeof *pending * --waiting);
    first.packet.bytes = first.bytes;
    put(&first.packet);
    say("decided %d", answers()->decided(host, first.association, &first.packet));
  } else if (kind == 101) {
    say("ready %d", answers()->ready(host, (uint32_t)value, TOMPION_OK, &peer, ""));
  } else if (kind == 102) {
    say("ready %d", answers()->ready(host, (uint32_t)value, TOMPION_UNREACHABLE, NULL, "no\nkeys"));
  } else if (kind == 103) {
    say("decided %d", answers()->decided(host, (uint32_t)value, &none));
  }
  return TOMPION_OK;
}

static tompion_status open_it(const tompion_provider_t *p, uint32_t number, const tompion_association_options_t *options) {
  (void)p;
  say("open mode %u name %s key %s source %u", options->mode, options->name, options->key, options->source);
  if (!strcmp(options->key, "unknown")) return TOMPION_NOT_FOUND;
  for (int i = 0; i < 8; ++i) {
    if (associations[i].number) continue;
    associations[i].number = number;
    snprintf(associations[i].key, sizeof associations[i].key, "%s", *options->key ? options->key : text("always"));
    if (!strcmp(options->key, "early")) say("ready %d", answers()->ready(host, number, TOMPION_OK, NULL, ""));
    return strcmp(options->key, "later") ? TOMPION_OK : TOMPION_AGAIN;
  }
  return TOMPION_NO_MEMORY;
}

static void close_it(const tompion_provider_t *p, uint32_t number) {
  (void)p;
  for (int i = 0; i < 8; ++i)
    if (associations[i].number == number) associations[i].number = 0;
  say("close %u", ++closed);
}

static uint32_t growth(const tompion_provider_t *p, uint32_t number) { return (void)p, lookup(number) ? 4 : 0; }

static void protect(const tompion_provider_t *p, uint32_t number, tompion_protection_t *packets, uint32_t count) {
  (void)p;
  const struct association *a = lookup(number);
  for (uint32_t i = 0; i < count && a; ++i) {
    tompion_protection_t *packet = &packets[i];
    if (!strcmp(a->key, "silent")) continue;
    if (!strcmp(a->key, "verdict")) packet->verdict = 9;
    else if (!strcmp(a->key, "long")) packet->verdict = TOMPION_VERDICT_OK, packet->length = packet->limit + 1;
    else if (!strcmp(a->key, "empty")) packet->verdict = TOMPION_VERDICT_OK, packet->length = 0;
    else if (!strcmp(a->key, "moved")) packet->verdict = TOMPION_VERDICT_OK, packet->bytes = pending[0].bytes;
    else if (!strcmp(a->key, "none")) packet->verdict = TOMPION_VERDICT_NONE;
    else if (!strcmp(a->key, "inside")) {
      tompion_protection_t copy = *packet;
      copy.verdict = TOMPION_VERDICT_OK;
      say("inside %d", answers()->decided(host, number, &copy));
      put(packet);
    } else if (packet->length + 4 > packet->limit) packet->verdict = TOMPION_VERDICT_REFUSE, packet->reason = TOMPION_REFUSE_NO_ROOM;
    else if (!strcmp(a->key, "pend")) {
      if (waiting == 4) packet->verdict = TOMPION_VERDICT_REFUSE, packet->reason = TOMPION_REFUSE_NO_ROOM;
      else {
        struct pending *place = &pending[waiting++];
        place->association = number;
        place->packet = *packet;
        place->packet.capacity = sizeof place->bytes;
        memcpy(place->bytes, packet->bytes, packet->length);
        packet->verdict = TOMPION_VERDICT_PENDING;
      }
    } else put(packet);
  }
}

static void unprotect(const tompion_provider_t *p, uint32_t number, tompion_protection_t *packets, uint32_t count) {
  (void)p, (void)number;
  for (uint32_t i = 0; i < count; ++i) {
    tompion_protection_t *packet = &packets[i];
    uint32_t code;
    packet->verdict = TOMPION_VERDICT_NONE;
    if (packet->length <= 8) continue;
    memcpy(&code, packet->bytes + packet->length - 4, 4);
    packet->verdict = code == sum(packet->bytes, packet->length - 4) ? TOMPION_VERDICT_OK : TOMPION_VERDICT_REFUSE;
    packet->reason = TOMPION_REFUSE_BAD_CODE;
    packet->length -= 4;
    packet->request = 99;
  }
}

static const tompion_authenticator_t table = {sizeof table, 0, "sum", open_it, close_it, growth, protect, unprotect};
static const void *extension(const char *id) { return strcmp(id, TOMPION_AUTHENTICATOR_ID) ? NULL : &table; }
