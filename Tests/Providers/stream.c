// SPDX-License-Identifier: Apache-2.0
// Opens a stream as its settings say (flags, path, peer and port) and says what it hears. Orders: 100 sends the setting "say" on the
// last stream, 101 ends it, 102 and 103 close it (103 aborts), 104 opens again, 105 asks who is at its other end, 106 sends `value`
// bytes, 107 asks for the setting "name", 108 says the port of the first stream, 109 echoes from now on.
#define NAME "stream"
#include "provider.h"
#include <stdlib.h>

static const tompion_stream_t *io;
static uint32_t first, last;
static int echoes;
static uint64_t swallowed;

static tompion_address_t address(const char *setting) {
  tompion_address_t found = {.family = TOMPION_FAMILY_NONE};
  unsigned b[4];
  if (sscanf(text(setting), "%u.%u.%u.%u", b, b + 1, b + 2, b + 3) == 4) {
    for (int i = 0; i < 4; ++i) found.bytes[i] = (uint8_t)b[i];
    found.family = TOMPION_FAMILY_IPV4;
  }
  return found;
}

static void open_stream(tompion_address_t peer) {
  tompion_stream_options_t options = {.size = sizeof options, .flags = number("flags"), .local = address("local"), .peer = peer,
                                      .path = text("path"), .connect_timeout_ms = number("timeout"), .mode = number("mode")};
  if (*text("other")) options.path = text("other") + 1;  // one that no setting names
  options.peer.port = (uint16_t)number("port");
  tompion_status status = io->open(host, &options, &last);
  if (status == TOMPION_OK && !first) first = last;
  say("open %d", status);
}

static tompion_status begin(void) {
  io = host->get_extension(host, TOMPION_STREAM_ID);
  if (!io) return TOMPION_UNSUPPORTED;
  if (!number("late")) open_stream(address("peer"));
  return TOMPION_OK;
}

static tompion_status order(uint32_t kind, int64_t value) {
  uint32_t pid, uid, gid;
  tompion_address_t local;
  const tompion_resolve_t *resolve = host->get_extension(host, TOMPION_RESOLVE_ID);
  switch (kind) {
    case 100: say("sent %u", io->send(host, last, (const uint8_t *)text("say"), (uint32_t)strlen(text("say")))); break;
    case 101: say("end %d", io->end(host, last)); break;
    case 102: case 103: io->close(host, last, kind == 103); break;
    case 104: open_stream(address("peer")); break;
    case 105: {
      tompion_status status = io->peer_credentials(host, last, &pid, &uid, &gid);
      if (status) say("credentials %d", status); else say("credentials %u %u", pid, uid);
      break;
    }
    case 106: {
      uint8_t *bytes = calloc(1, (size_t)value);
      say("sent %u", io->send(host, last, bytes, (uint32_t)value));
      free(bytes);
      break;
    }
    case 107: say("ask %d", resolve->start(host, text("name"), TOMPION_FAMILY_IPV4, 7)); break;
    case 108: if (io->local_address(host, first, &local) == TOMPION_OK) say("port %u", local.port); else say("no port"); break;
    case 109: echoes = 1; break;
    case 110: say("swallowed %llu", (unsigned long long)swallowed); break;
    default: return TOMPION_UNSUPPORTED;
  }
  return TOMPION_OK;
}

static void opened(const tompion_provider_t *p, uint32_t s, tompion_status status) { (void)p, say("%s %d", s == last ? "opened" : "stranger", status); }
static void accepted(const tompion_provider_t *p, uint32_t listener, uint32_t s, const tompion_address_t *peer) {
  (void)p;
  last = s;
  say("accepted %s family %u", listener == first ? "here" : "elsewhere", peer->family);
}
static void received(const tompion_provider_t *p, uint32_t s, const uint8_t *bytes, uint32_t count) {
  (void)p;
  if (echoes) {
    swallowed += count;
    if (count) io->send(host, s, bytes, count);
    return;
  }
  say("received %s", count ? hex(bytes, count) : "end");
}
static void writable(const tompion_provider_t *p, uint32_t s) { (void)p, (void)s, say("writable"); }
static void failed(const tompion_provider_t *p, uint32_t s, tompion_status status) { (void)p, (void)s, say("failed %d", status); }
static void resolved(const tompion_provider_t *p, uint64_t token, tompion_status status, const tompion_address_t *a, uint32_t count, const char *why) {
  (void)p, (void)why;
  say("resolved %u %d %u", (unsigned)token, status, count > 0);
  if (count) open_stream(a[0]);
}

static const tompion_stream_receiver_t receiver = {sizeof receiver, 0, opened, accepted, received, writable, failed};
static const tompion_resolve_receiver_t resolver = {sizeof resolver, 0, resolved};
static const void *extension(const char *id) {
  return !strcmp(id, TOMPION_STREAM_ID) ? (const void *)&receiver : !strcmp(id, TOMPION_RESOLVE_ID) ? (const void *)&resolver : NULL;
}
