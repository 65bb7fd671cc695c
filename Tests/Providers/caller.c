// SPDX-License-Identifier: Apache-2.0
// Has packets authenticated. Orders: 99 opens an association of the scheme and key of its settings; 100 protects its packet of 8 bytes; 101
// unprotects it; 102 flips a bit of it; 103 closes; 104 protects 20 packets, the third of which makes no sense; 105 says the growth;
// 106 makes the packet of 8 bytes again; 107 uses a number that it does not have.
#define NAME "caller"
#include "provider.h"

static const tompion_authenticate_t *io;
static uint32_t association;
static uint8_t bytes[64];
static tompion_protection_t packet;

static void fresh(void) {
  memset(bytes, 0x11, sizeof bytes);
  packet = (tompion_protection_t){.bytes = bytes, .capacity = sizeof bytes, .length = 8, .limit = number("limit"), .token = 5};
}

static tompion_status begin(void) {
  io = host->get_extension(host, TOMPION_AUTHENTICATE_ID);
  if (!io) return TOMPION_UNSUPPORTED;
  fresh();
  return TOMPION_OK;
}

static void tell(const char *what, const tompion_protection_t *p) {
  say("%s verdict %u reason %u length %u key %u request %llu", what, p->verdict, p->reason, p->length, p->key, (unsigned long long)p->request);
}

static tompion_status order(uint32_t kind, int64_t value) {
  tompion_association_options_t options = {sizeof options, TOMPION_AUTHENTICATE_CLIENT, "time.example", text("key"), 3, 0};
  tompion_protection_t many[20];
  static uint8_t room[20][32];
  uint32_t decided, sound = 0;
  switch (kind) {
    case 99: say("open %d", io->open(host, text("scheme"), &options, &association)); break;
    case 100: decided = io->protect(host, association, &packet, 1); tell(decided ? "protect" : "pending", &packet); break;
    case 101: io->unprotect(host, association, &packet, 1); tell("unprotect", &packet); break;
    case 102: bytes[0] ^= (uint8_t)value; break;
    case 103: io->close(host, association); break;
    case 104:
      for (int i = 0; i < 20; ++i) many[i] = (tompion_protection_t){.bytes = room[i], .capacity = 32, .length = 8, .limit = 32};
      many[2].length = 33;
      decided = io->protect(host, association, many, 20);
      for (int i = 0; i < 20; ++i) sound += many[i].verdict == TOMPION_VERDICT_OK && many[i].length == 12;
      say("batch %u sound %u third %u %u", decided, sound, many[2].verdict, many[2].reason);
      break;
    case 105: say("growth %u", io->growth(host, association)); break;
    case 106: fresh(); break;
    case 107: association = (uint32_t)value; break;
    default: return TOMPION_UNSUPPORTED;
  }
  return TOMPION_OK;
}

static void decided(const tompion_provider_t *p, uint32_t a, const tompion_protection_t *d) {
  (void)p;
  say("decided %s token %llu length %u %s", a == association ? "here" : "elsewhere", (unsigned long long)d->token, d->length,
      hex(d->bytes, 8));
}
static void ready(const tompion_provider_t *p, uint32_t a, tompion_status status, const tompion_address_t *peer, const char *why) {
  (void)p;
  say("ready %s %d peer %u %u '%s'", a == association ? "here" : "elsewhere", status, peer->family, peer->port, why);
}

static const tompion_authenticate_receiver_t receiver = {sizeof receiver, 0, decided, ready};
static const tompion_authenticate_receiver_t deaf = {sizeof deaf, 0, NULL, NULL};
static const void *extension(const char *id) {
  if (strcmp(id, TOMPION_AUTHENTICATE_ID)) return NULL;
  return number("deaf") ? &deaf : &receiver;
}
