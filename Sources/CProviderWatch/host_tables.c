// SPDX-License-Identifier: Apache-2.0
// The host's functions, each wrapped: while a thread is in one, what it allocates is the host's. The wrapped table keeps
// host_data, by which the host finds its instance; tables of capabilities that are not known here are handed on as they are.
#include <string.h>

#include "watch_internal.h"

static tompion_host_t host_real;

#define HOST_CALL(type, call)    \
  ++watch_in_host;               \
  type result = call;            \
  --watch_in_host;               \
  return result
#define HOST_CALL_VOID(call) ++watch_in_host, (void)(call), --watch_in_host

static uint32_t publish(const tompion_host_t *h, const tompion_sample_t *s, uint32_t n) { HOST_CALL(uint32_t, host_real.publish(h, s, n)); }
static int64_t now_raw(const tompion_host_t *h) { HOST_CALL(int64_t, host_real.now_raw(h)); }
static tompion_status now(const tompion_host_t *h, uint16_t c, tompion_stamp_t *s) { HOST_CALL(tompion_status, host_real.now(h, c, s)); }
static void random_bytes(const tompion_host_t *h, void *b, uint32_t n) { HOST_CALL_VOID(host_real.random(h, b, n)); }
static void request_poll(const tompion_host_t *h) { HOST_CALL_VOID(host_real.request_poll(h)); }

static const tompion_source_t *source_real;
static tompion_status source_add(const tompion_host_t *h, const tompion_source_info_t *i, uint32_t *s) {
  HOST_CALL(tompion_status, source_real->add(h, i, s));
}
static tompion_status source_update(const tompion_host_t *h, uint32_t s, const tompion_source_info_t *i) {
  HOST_CALL(tompion_status, source_real->update(h, s, i));
}
static tompion_status source_remove(const tompion_host_t *h, uint32_t s) { HOST_CALL(tompion_status, source_real->remove(h, s)); }
static const tompion_source_t source = {sizeof source, 0, source_add, source_update, source_remove};

static const tompion_packet_io_t *packets_real;
static tompion_status packets_open(const tompion_host_t *h, const tompion_socket_options_t *o, uint32_t *s) {
  HOST_CALL(tompion_status, packets_real->open(h, o, s));
}
static void packets_close(const tompion_host_t *h, uint32_t s) { HOST_CALL_VOID(packets_real->close(h, s)); }
static uint32_t packets_send(const tompion_host_t *h, uint32_t s, const tompion_packet_t *p, uint32_t n) {
  HOST_CALL(uint32_t, packets_real->send(h, s, p, n));
}
static tompion_status packets_local(const tompion_host_t *h, uint32_t s, tompion_address_t *a) {
  HOST_CALL(tompion_status, packets_real->local_address(h, s, a));
}
static uint32_t packets_networks(const tompion_host_t *h, tompion_address_t *a, uint8_t *l, uint32_t *i, uint32_t n) {
  HOST_CALL(uint32_t, packets_real->local_networks(h, a, l, i, n));
}
static uint32_t packets_interface(const tompion_host_t *h, const char *n) { HOST_CALL(uint32_t, packets_real->interface_index(h, n)); }
static uint32_t packets_holder(const tompion_host_t *h, const tompion_address_t *a, char *t, uint32_t n) {
  HOST_CALL(uint32_t, packets_real->port_holder(h, a, t, n));
}
static const tompion_packet_io_t packets = {sizeof packets, 0, packets_open, packets_close, packets_send, packets_local,
                                            packets_networks, packets_interface, packets_holder};

static const tompion_timer_t *timer_real;
static tompion_status timer_arm(const tompion_host_t *h, uint32_t t, int64_t d) { HOST_CALL(tompion_status, timer_real->arm(h, t, d)); }
static void timer_disarm(const tompion_host_t *h, uint32_t t) { HOST_CALL_VOID(timer_real->disarm(h, t)); }
static const tompion_timer_t timer = {sizeof timer, 0, timer_arm, timer_disarm};

static const tompion_resolve_t *resolve_real;
static tompion_status resolve_start(const tompion_host_t *h, const char *n, uint8_t f, uint64_t t) {
  HOST_CALL(tompion_status, resolve_real->start(h, n, f, t));
}
static const tompion_resolve_t resolve = {sizeof resolve, 0, resolve_start};

static const tompion_settings_t *settings_real;
static uint32_t settings_count(const tompion_host_t *h) { HOST_CALL(uint32_t, settings_real->count(h)); }
static tompion_status settings_at(const tompion_host_t *h, uint32_t i, tompion_setting_t *s) {
  HOST_CALL(tompion_status, settings_real->at(h, i, s));
}
static void settings_refuse(const tompion_host_t *h, uint32_t i, const char *t) { HOST_CALL_VOID(settings_real->refuse(h, i, t)); }
static const tompion_settings_t settings = {sizeof settings, 0, settings_count, settings_at, settings_refuse};

static const tompion_clock_info_host_t *clocks_real;
static const tompion_clock_page_t *clocks_page(const tompion_host_t *h, uint16_t c) {
  HOST_CALL(const tompion_clock_page_t *, clocks_real->page(h, c));
}
static const tompion_clock_info_host_t clocks = {sizeof clocks, 0, clocks_page};

static const tompion_log_t *log_real;
static void log_write(const tompion_host_t *h, uint32_t l, const char *t) {
  watch_told = 1;
  HOST_CALL_VOID(log_real->write(h, l, t));
}
static const tompion_log_t log_table = {sizeof log_table, 0, log_write};

static const tompion_event_t *event_real;
static void event_raise(const tompion_host_t *h, uint32_t n, uint32_t s, const char *t) {
  watch_told = 1;
  HOST_CALL_VOID(event_real->raise(h, n, s, t));
}
static const tompion_event_t event = {sizeof event, 0, event_raise};

static const tompion_stream_t *streams_real;
static tompion_status streams_open(const tompion_host_t *h, const tompion_stream_options_t *o, uint32_t *s) {
  HOST_CALL(tompion_status, streams_real->open(h, o, s));
}
static void streams_close(const tompion_host_t *h, uint32_t s, uint32_t a) { HOST_CALL_VOID(streams_real->close(h, s, a)); }
static uint32_t streams_send(const tompion_host_t *h, uint32_t s, const uint8_t *b, uint32_t n) {
  HOST_CALL(uint32_t, streams_real->send(h, s, b, n));
}
static tompion_status streams_end(const tompion_host_t *h, uint32_t s) { HOST_CALL(tompion_status, streams_real->end(h, s)); }
static tompion_status streams_peer(const tompion_host_t *h, uint32_t s, uint32_t *p, uint32_t *u, uint32_t *g) {
  HOST_CALL(tompion_status, streams_real->peer_credentials(h, s, p, u, g));
}
static tompion_status streams_local(const tompion_host_t *h, uint32_t s, tompion_address_t *a) {
  HOST_CALL(tompion_status, streams_real->local_address(h, s, a));
}
static const tompion_stream_t streams = {sizeof streams, 0, streams_open, streams_close, streams_send,
                                         streams_end, streams_peer, streams_local};

static const tompion_device_io_t *devices_real;
static tompion_status devices_open(const tompion_host_t *h, const tompion_device_options_t *o, uint32_t *d) {
  HOST_CALL(tompion_status, devices_real->open(h, o, d));
}
static void devices_close(const tompion_host_t *h, uint32_t d) { HOST_CALL_VOID(devices_real->close(h, d)); }
static uint32_t devices_write(const tompion_host_t *h, uint32_t d, const uint8_t *b, uint32_t n) {
  HOST_CALL(uint32_t, devices_real->write(h, d, b, n));
}
static const tompion_device_io_t devices = {sizeof devices, 0, devices_open, devices_close, devices_write};

static const tompion_secrets_t *secrets_real;
static tompion_status secrets_get(const tompion_host_t *h, const char *p, uint32_t f, const uint8_t **b, uint32_t *n) {
  HOST_CALL(tompion_status, secrets_real->get(h, p, f, b, n));
}
static void secrets_release(const tompion_host_t *h, const uint8_t *b) { HOST_CALL_VOID(secrets_real->release(h, b)); }
static const tompion_secrets_t secrets = {sizeof secrets, 0, secrets_get, secrets_release};

static const tompion_store_t *store_real;
static uint32_t store_get(const tompion_host_t *h, const char *k, uint8_t *b, uint32_t n) { HOST_CALL(uint32_t, store_real->get(h, k, b, n)); }
static tompion_status store_put(const tompion_host_t *h, const char *k, const uint8_t *b, uint32_t n, uint32_t f) {
  HOST_CALL(tompion_status, store_real->put(h, k, b, n, f));
}
static const tompion_store_t store = {sizeof store, 0, store_get, store_put};

static const struct {
  const char *id;
  const void **real;
  const void *wrapped;
} tables[] = {
    {TOMPION_SOURCE_ID, (const void **)&source_real, &source},       {TOMPION_PACKET_IO_ID, (const void **)&packets_real, &packets},
    {TOMPION_TIMER_ID, (const void **)&timer_real, &timer},          {TOMPION_RESOLVE_ID, (const void **)&resolve_real, &resolve},
    {TOMPION_SETTINGS_ID, (const void **)&settings_real, &settings}, {TOMPION_CLOCK_INFO_ID, (const void **)&clocks_real, &clocks},
    {TOMPION_LOG_ID, (const void **)&log_real, &log_table},          {TOMPION_EVENT_ID, (const void **)&event_real, &event},
    {TOMPION_STREAM_ID, (const void **)&streams_real, &streams},     {TOMPION_DEVICE_IO_ID, (const void **)&devices_real, &devices},
    {TOMPION_SECRETS_ID, (const void **)&secrets_real, &secrets},    {TOMPION_STORE_ID, (const void **)&store_real, &store},
};

static const void *get_extension(const tompion_host_t *h, const char *id) {
  ++watch_in_host;
  const void *found = host_real.get_extension(h, id);
  for (unsigned i = 0; found && i < sizeof tables / sizeof *tables; ++i) {
    if (strcmp(id, tables[i].id)) continue;
    *tables[i].real = found;
    found = tables[i].wrapped;
    break;
  }
  --watch_in_host;
  return found;
}

void watch_wrap_host(tompion_host_t *wrapped, const tompion_host_t *host) {
  host_real = *host;
  *wrapped = *host;
  wrapped->publish = publish;
  wrapped->now_raw = now_raw;
  wrapped->now = now;
  wrapped->random = random_bytes;
  wrapped->request_poll = request_poll;
  wrapped->get_extension = get_extension;
}
