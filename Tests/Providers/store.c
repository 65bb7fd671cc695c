// SPDX-License-Identifier: Apache-2.0
// Keeps and reads values, and holds secrets, as orders say. 100: says the setting "name"'s value; 101: keeps the setting "value" under it;
// 102: forgets it; 103: keeps `value` bytes; 104: keeps `value` names of one byte each; 105: gets the secret of the setting "setting"; 106:
// releases it; 107: gets it as public.
#define NAME "store"
#include "provider.h"
#include <stdlib.h>

static const tompion_store_t *io;
static const tompion_secrets_t *secrets;
static const uint8_t *held;

static tompion_status begin(void) { return TOMPION_OK; }

static tompion_status order(uint32_t kind, int64_t value) {
  uint8_t bytes[64];
  char name[32];
  uint32_t count;
  tompion_status status;
  io = host->get_extension(host, TOMPION_STORE_ID);
  secrets = host->get_extension(host, TOMPION_SECRETS_ID);
  switch (kind) {
    case 100:
      memset(bytes, 0xee, sizeof bytes);
      count = io->get(host, text("name"), bytes, 8);
      say("value %u %s", count, hex(bytes, 9));
      break;
    case 101: say("put %d", io->put(host, text("name"), (const uint8_t *)text("value"), (uint32_t)strlen(text("value")), TOMPION_STORE_SECRET)); break;
    case 102: say("put %d", io->put(host, text("name"), NULL, 0, 0)); break;
    case 103: {
      uint8_t *many = calloc(1, (size_t)value);
      say("put %d", io->put(host, text("name"), many, (uint32_t)value, 0));
      free(many);
      break;
    }
    case 104:
      status = TOMPION_OK;
      for (count = 0; count < value && status == TOMPION_OK; ++count) {
        snprintf(name, sizeof name, "v%u", count);
        status = io->put(host, name, (const uint8_t *)"x", 1, 0);
      }
      say("kept %u %d", status ? count - 1 : count, status);
      break;
    case 105: case 107:
      status = secrets->get(host, text("setting"), kind == 107 ? TOMPION_SECRET_PUBLIC : 0, &held, &count);
      if (status) say("secret %d", status); else say("secret %s", hex(held, count));
      break;
    case 106: secrets->release(host, held); say("released"); break;
    default: return TOMPION_UNSUPPORTED;
  }
  return TOMPION_OK;
}

static void changed(const tompion_provider_t *p, const char *setting) {
  (void)p;
  const uint8_t *old = held;
  uint32_t count = 0;
  tompion_status status = secrets->get(host, setting, 0, &held, &count);
  say("changed %s %d %s", setting, status, status ? "" : hex(held, count));
  // What could not be read leaves the old one in use.
  if (status) held = old;
  else secrets->release(host, old);
}

static const tompion_secrets_receiver_t receiver = {sizeof receiver, 0, changed};
static const void *extension(const char *id) { return strcmp(id, TOMPION_SECRETS_ID) ? NULL : &receiver; }
