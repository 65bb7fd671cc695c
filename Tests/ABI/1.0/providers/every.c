// SPDX-License-Identifier: Apache-2.0
// A provider of the ABI's first release that uses each of its capabilities: source, packet-io, timer, resolve, settings and their
// schema, clock-info, log, event. It asks itself for the time over loopback and publishes a sample for each answer; what it has seen
// of its host is in its source's address, so that a test reads it there. Kept as it was written; every later host must run it.
#include <stdio.h>
#include <string.h>

#include <CTompionProvider.h>

#define SEEN_SETTING 1u
#define SEEN_RESOLVED 2u
#define SEEN_TIMER 4u
#define SEEN_PACKET 8u
#define SEEN_DEPARTURE 16u
#define SEEN_PAGE 32u
#define SEEN_POLL 64u
#define SEEN_WORKER 128u

static struct state {
  tompion_provider_t provider;
  const tompion_host_t *host;
  const tompion_source_t *sources;
  const tompion_settings_t *settings;
  const tompion_packet_io_t *packets;
  const tompion_timer_t *timers;
  const tompion_resolve_t *names;
  const tompion_clock_info_host_t *clocks;
  const tompion_log_t *log;
  const tompion_event_t *events;
  tompion_source_info_t info;
  uint32_t source, sequence, used, seen, server, client;
  tompion_address_t address;
  int64_t interval_ns;
} instances[64];

static const tompion_descriptor_t descriptor = {sizeof descriptor, TOMPION_CAPABILITY_INPUT | TOMPION_CAPABILITY_OUTPUT,
                                                "org.tompion.test.every-1-0", "every", "Tompion", "1.0",
                                                "Uses every capability of the first release"};
static const tompion_setting_schema_t entries[] = {
    {sizeof entries[0], TOMPION_SETTING_INTEGER, "interval_ms", "how often it asks, ms", "200", 50, 10000, "", 0, 0},
    {sizeof entries[0], TOMPION_SETTING_STRING, "listen", "where it listens", "127.0.0.1:0", 1, 0, "127.0.0.1:0", 0, 0}};
static const tompion_settings_schema_t schema = {sizeof schema, 2, entries};

static tompion_status lacking(struct state *self, const char *what) {
  char text[100];
  snprintf(text, sizeof text, "this host has no %s", what);
  if (self->log) self->log->write(self->host, TOMPION_LOG_ERROR, text);
  return TOMPION_UNSUPPORTED;
}

static void *worker_open(const tompion_provider_t *provider, uint32_t index) {
  struct state *self = provider->provider_data;
  (void)index;
  self->seen |= SEEN_WORKER;
  return self;
}

static void worker_close(const tompion_provider_t *provider, void *worker) { (void)provider, (void)worker; }

static tompion_status init(const tompion_provider_t *provider) {
  struct state *self = provider->provider_data;
  const tompion_host_t *host = self->host;
  self->log = host->get_extension(host, TOMPION_LOG_ID);
  if (!self->log) return TOMPION_UNSUPPORTED;
  if (!(self->sources = host->get_extension(host, TOMPION_SOURCE_ID))) return lacking(self, TOMPION_SOURCE_ID);
  if (!(self->settings = host->get_extension(host, TOMPION_SETTINGS_ID))) return lacking(self, TOMPION_SETTINGS_ID);
  if (!(self->packets = host->get_extension(host, TOMPION_PACKET_IO_ID))) return lacking(self, TOMPION_PACKET_IO_ID);
  if (!(self->timers = host->get_extension(host, TOMPION_TIMER_ID))) return lacking(self, TOMPION_TIMER_ID);
  if (!(self->names = host->get_extension(host, TOMPION_RESOLVE_ID))) return lacking(self, TOMPION_RESOLVE_ID);
  if (!(self->clocks = host->get_extension(host, TOMPION_CLOCK_INFO_ID))) return lacking(self, TOMPION_CLOCK_INFO_ID);
  if (!(self->events = host->get_extension(host, TOMPION_EVENT_ID))) return lacking(self, TOMPION_EVENT_ID);
  self->interval_ns = 200000000;
  uint32_t count = self->settings->count(host);
  for (uint32_t i = 0; i < count; ++i) {
    tompion_setting_t setting;
    if (self->settings->at(host, i, &setting) != TOMPION_OK) continue;
    if (strcmp(setting.path, "listen") == 0 && setting.type == TOMPION_SETTING_STRING && strcmp(setting.string, "127.0.0.1:0") == 0) continue;
    if (strcmp(setting.path, "interval_ms") || setting.type != TOMPION_SETTING_INTEGER || setting.integer < 50 || setting.integer > 10000) {
      self->settings->refuse(host, i, "interval_ms = 50 to 10000");
      return TOMPION_INVALID;
    }
    self->interval_ns = setting.integer * 1000000;
    self->seen |= SEEN_SETTING;
  }
  self->info = (tompion_source_info_t){.size = sizeof self->info, .flags = TOMPION_SOURCE_NOSELECT, .name = "every", .stratum = 1};
  return self->sources->add(host, &self->info, &self->source);
}

static tompion_status start(const tompion_provider_t *provider) {
  struct state *self = provider->provider_data;
  const tompion_host_t *host = self->host;
  if (!self->source) return TOMPION_WRONG_STATE;
  tompion_socket_options_t options = {.size = sizeof options, .flags = TOMPION_SOCKET_SERVER | TOMPION_SOCKET_RX_STAMPS};
  options.local = (tompion_address_t){.bytes = {127, 0, 0, 1}, .family = TOMPION_FAMILY_IPV4};
  tompion_status status = self->packets->open(host, &options, &self->server);
  if (status != TOMPION_OK) return status;
  if ((status = self->packets->local_address(host, self->server, &self->address)) != TOMPION_OK) return status;
  host->request_poll(host);
  self->names->start(host, "127.0.0.1", TOMPION_FAMILY_IPV4, 42);
  self->log->write(host, TOMPION_LOG_NOTICE, "every capability of the first release is there");
  self->events->raise(host, 10001, self->source, "started");
  return self->timers->arm(host, 7, host->now_raw(host) + self->interval_ns);
}

static void stop(const tompion_provider_t *provider) {
  struct state *self = provider->provider_data;
  if (!self->source) return;
  self->timers->disarm(self->host, 7);
  if (self->server) self->packets->close(self->host, self->server);
  if (self->client) self->packets->close(self->host, self->client);
  self->server = self->client = 0;
}

static void close_it(const tompion_provider_t *provider) {
  struct state *self = provider->provider_data;
  self->used = self->source = 0;
}

static tompion_status command(const tompion_provider_t *provider, const tompion_command_t *command) {
  struct state *self = provider->provider_data;
  if (!self->source) return TOMPION_WRONG_STATE;
  return command->kind >= TOMPION_COMMAND_UPDATE_CONFIG && command->kind <= TOMPION_COMMAND_POLL_NOW ? TOMPION_OK : TOMPION_UNSUPPORTED;
}

static void poll(const tompion_provider_t *provider, int64_t now_raw_ns) {
  struct state *self = provider->provider_data;
  (void)now_raw_ns;
  self->seen |= SEEN_POLL;
  const tompion_clock_page_t *page = self->clocks->page(self->host, TOMPION_CLOCK_SYSTEM);
  tompion_clock_info_t info;
  if (page && tompion_clock_read(page, &info) && info.size == sizeof info) self->seen |= SEEN_PAGE;
  snprintf(self->info.address, sizeof self->info.address, "seen %u", self->seen);
  self->sources->update(self->host, self->source, &self->info);
}

static void expired(const tompion_provider_t *provider, uint32_t timer, int64_t now_raw_ns) {
  struct state *self = provider->provider_data;
  uint8_t bytes[64] = "what time is it?";
  if (timer != 7) return;
  self->seen |= SEEN_TIMER;
  tompion_packet_t packet = {.bytes = bytes, .capacity = sizeof bytes, .length = 48, .flags = TOMPION_PACKET_WANT_TX_STAMP, .tx_token = 99};
  if (self->client) self->packets->send(self->host, self->client, &packet, 1);
  self->info.polls += 1;
  self->timers->arm(self->host, 7, now_raw_ns + self->interval_ns);
}

static void receive(const tompion_provider_t *provider, void *worker, uint32_t socket, tompion_packet_t *packets, uint32_t count) {
  struct state *self = provider->provider_data;
  (void)worker;
  for (uint32_t i = 0; i < count; ++i) {
    tompion_packet_t *packet = &packets[i];
    if (socket == self->server) {
      packet->reply_length = packet->length;  // echoed in place
    } else if (socket == self->client && packet->length == 48 && memcmp(packet->bytes, "what time", 9) == 0) {
      self->seen |= SEEN_PACKET;
      tompion_sample_t sample = {.size = sizeof sample, .source = self->source, .sequence = self->sequence++, .flags = TOMPION_SAMPLE_REPLY,
                                 .local_ns = packet->stamp.nanoseconds, .reference_ns = packet->stamp.nanoseconds,
                                 .raw_ns = packet->stamp.raw_nanoseconds, .dispersion_ns = 1000000, .asymmetry_bound_ns = UINT64_MAX,
                                 .era = packet->stamp.era, .clock = packet->stamp.clock, .stratum = 1, .precision = -20,
                                 .rx_kind = packet->stamp.kind, .tx_kind = packet->stamp.kind};
      if (self->host->publish(self->host, &sample, 1) == 1) self->info.replies += 1;
    }
  }
}

static void transmitted(const tompion_provider_t *provider, const tompion_transmitted_t *transmitted, uint32_t count) {
  struct state *self = provider->provider_data;
  for (uint32_t i = 0; i < count; ++i)
    if (transmitted[i].tx_token == 99) self->seen |= SEEN_DEPARTURE;
}

static void failed(const tompion_provider_t *provider, uint32_t socket, tompion_status status) { (void)provider, (void)socket, (void)status; }

static void resolved(const tompion_provider_t *provider, uint64_t token, tompion_status status, const tompion_address_t *addresses,
                     uint32_t count, const char *text) {
  struct state *self = provider->provider_data;
  (void)text;
  if (token != 42 || status != TOMPION_OK || count == 0 || addresses[0].bytes[0] != 127) return;
  self->seen |= SEEN_RESOLVED;
  tompion_socket_options_t options = {.size = sizeof options, .flags = TOMPION_SOCKET_RX_STAMPS | TOMPION_SOCKET_TX_STAMPS, .peer = self->address};
  if (!self->client && self->packets->open(self->host, &options, &self->client) != TOMPION_OK)
    self->log->write(self->host, TOMPION_LOG_ERROR, "the host opens no socket to its own address");
}

static const void *get_extension(const tompion_provider_t *provider, const char *id) {
  static const tompion_packet_receiver_t packets = {sizeof packets, 0, worker_open, worker_close, receive, transmitted, failed};
  static const tompion_timer_receiver_t timers = {sizeof timers, 0, expired};
  static const tompion_resolve_receiver_t names = {sizeof names, 0, resolved};
  (void)provider;
  if (strcmp(id, TOMPION_PACKET_IO_ID) == 0) return &packets;
  if (strcmp(id, TOMPION_TIMER_ID) == 0) return &timers;
  if (strcmp(id, TOMPION_RESOLVE_ID) == 0) return &names;
  return strcmp(id, TOMPION_SETTINGS_SCHEMA_ID) == 0 ? &schema : NULL;
}

static const tompion_descriptor_t *describe(uint32_t index) { return index == 0 ? &descriptor : NULL; }

static const tompion_provider_t *open_it(const char *id, const tompion_host_t *host) {
  if (strcmp(id, descriptor.id) != 0) return NULL;
  for (int i = 0; i < 64; ++i) {
    struct state *self = &instances[i];
    if (self->used) continue;
    memset(self, 0, sizeof *self);
    self->used = 1;
    self->host = host;
    self->provider = (tompion_provider_t){sizeof self->provider, 0, self, &descriptor, init, start, stop, close_it, command, poll, get_extension};
    return &self->provider;
  }
  return NULL;
}

static const tompion_module_t module = {sizeof module, TOMPION_ABI_MAJOR, TOMPION_ABI_MINOR, 1, 0, describe, open_it};

const tompion_module_t *tompion_module_v1(void) { return &module; }
