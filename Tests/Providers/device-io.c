// SPDX-License-Identifier: Apache-2.0
// Opens the device of its settings and says what it hears of it. Order 100 writes the text of the setting "say" to it, 101 closes it,
// 102 opens it again, 103 writes a segment.
#define NAME "device-io"
#include "provider.h"

static const tompion_device_io_t *io;
static uint32_t device;

static tompion_status open_device(void) {
  tompion_device_options_t options = {sizeof options, number("kind"), text("path"), number("speed"), number("edges"),
                                      number("channel"), UINT32_MAX, number("interval"), number("flags")};
  if (*text("other")) options.path = text("other") + 1;  // one that no setting names
  tompion_status status = io->open(host, &options, &device);
  say("open %d", status);
  return status;
}

static tompion_status begin(void) {
  io = host->get_extension(host, TOMPION_DEVICE_IO_ID);
  if (!io) return TOMPION_UNSUPPORTED;
  open_device();
  return TOMPION_OK;
}

static tompion_status order(uint32_t kind, int64_t value) {
  uint8_t segment[96];
  if (!io) io = host->get_extension(host, TOMPION_DEVICE_IO_ID);
  switch (kind) {
    case 100: say("wrote %u", io->write(host, device, (const uint8_t *)text("say"), (uint32_t)strlen(text("say")))); break;
    case 101: io->close(host, device); break;
    case 102: open_device(); break;
    case 103:
      memset(segment, (int)value, sizeof segment);
      say("wrote %u", io->write(host, device, segment, sizeof segment));
      say("short %u", io->write(host, device, segment, 95));
      break;
    default: return TOMPION_UNSUPPORTED;
  }
  return TOMPION_OK;
}

static void received(const tompion_provider_t *p, uint32_t d, const uint8_t *bytes, uint32_t count, const tompion_stamp_t *first) {
  (void)p;
  int64_t age = host->now_raw(host) - first->raw_nanoseconds;
  say("%s %s kind %u %s", d == device ? "received" : "stranger", hex(bytes, count), first->kind,
      age >= 0 && age < INT64_C(1000000000) ? "now" : "not now");
}

static void marked(const tompion_provider_t *p, const tompion_device_mark_t *marks, uint32_t count) {
  (void)p;
  for (uint32_t i = 0; i < count; ++i)
    say("mark edge %u sequence %u kind %u device %lld stamp %lld raw %lld error %u channel %u", marks[i].edge, marks[i].sequence, marks[i].stamp.kind,
        (long long)marks[i].device_ns, (long long)marks[i].stamp.nanoseconds, (long long)marks[i].stamp.raw_nanoseconds, marks[i].error_ns, marks[i].channel);
}

static void changed(const tompion_provider_t *p, uint32_t d, tompion_status status) { (void)p, say("%s %d", d == device ? "changed" : "stranger", status); }

static const tompion_device_receiver_t receiver = {sizeof receiver, 0, received, marked, changed};
static const void *extension(const char *id) { return strcmp(id, TOMPION_DEVICE_IO_ID) ? NULL : &receiver; }
