// SPDX-License-Identifier: Apache-2.0
// example-clock: one time source, measured once a second. `measure` is the place for your device or protocol; everything else is
// what any provider does. What each function may do, and when, is in tompion/*.h.
#include <stdlib.h>
#include <string.h>

#include <CTompionProvider.h>

typedef struct {
  tompion_provider_t provider;
  const tompion_host_t *host;
  const tompion_source_t *sources;
  tompion_source_info_t info;  // what people see in `tompion sources`
  uint32_t source;             // 0 until init
  uint32_t sequence;
  int64_t offset_ns;           // setting "offset"
} example_clock_provider;

static const tompion_descriptor_t descriptor = {
    .size = sizeof(tompion_descriptor_t),
    .capabilities = TOMPION_CAPABILITY_INPUT,
    .id = "org.example.example-clock",
    .name = "example-clock",
    .vendor = "example.org",
    .version = "0.1.0",
    .description = "Reads the host's clock and adds a set offset",
};

// The keys that may stand under [provider.example-clock]. The host checks types and ranges before anything starts.
static const tompion_setting_schema_t entries[] = {
    {sizeof(tompion_setting_schema_t), TOMPION_SETTING_REAL, "offset", "reference minus clock, s", "0.0", -10.0, 10.0, "", 0, 0},
    {sizeof(tompion_setting_schema_t), TOMPION_SETTING_BOOLEAN, "noselect", "only look at the source, do not follow it", "true", 1.0, 0.0, "", 0, 0},
};
static const tompion_settings_schema_t schema = {sizeof(tompion_settings_schema_t), sizeof entries / sizeof entries[0], entries};

// What the reference says at the moment at which the clock was read as `now`. Here: the clock itself, off by a setting.
static int64_t measure(const example_clock_provider *self, const tompion_stamp_t *now) { return now->nanoseconds + self->offset_ns; }

static tompion_status read_settings(example_clock_provider *self) {
  const tompion_settings_t *settings = self->host->get_extension(self->host, TOMPION_SETTINGS_ID);
  uint32_t count = settings ? settings->count(self->host) : 0;
  double offset = 0.0;
  uint32_t flags = TOMPION_SOURCE_NOSELECT;
  for (uint32_t i = 0; i < count; ++i) {
    tompion_setting_t setting = {.size = sizeof setting};
    if (settings->at(self->host, i, &setting) != TOMPION_OK) continue;
    if (strcmp(setting.path, "offset") == 0) {
      int is_number = setting.type == TOMPION_SETTING_REAL || setting.type == TOMPION_SETTING_INTEGER;
      // Written so that not-a-number fails, too.
      if (!is_number || !(setting.real >= -10.0 && setting.real <= 10.0)) {
        settings->refuse(self->host, i, "a number of seconds from -10 to 10");
        return TOMPION_INVALID;
      }
      offset = setting.real;
    } else if (strcmp(setting.path, "noselect") == 0) {
      if (setting.type != TOMPION_SETTING_BOOLEAN) {
        settings->refuse(self->host, i, "true or false");
        return TOMPION_INVALID;
      }
      flags = setting.integer ? TOMPION_SOURCE_NOSELECT : 0;
    } else {
      settings->refuse(self->host, i, "one of: offset, noselect");
      return TOMPION_INVALID;
    }
  }
  self->offset_ns = (int64_t)(offset * 1e9);
  self->info.flags = flags;
  return TOMPION_OK;
}

static tompion_status init(const tompion_provider_t *provider) {
  example_clock_provider *self = provider->provider_data;
  self->sources = self->host->get_extension(self->host, TOMPION_SOURCE_ID);
  if (!self->sources) return TOMPION_UNSUPPORTED;
  self->info = (tompion_source_info_t){
      .size = sizeof(tompion_source_info_t), .name = "example-clock", .address = "local", .stratum = 1, .reference_id = 0x58504c31};
  tompion_status status = read_settings(self);
  return status != TOMPION_OK ? status : self->sources->add(self->host, &self->info, &self->source);
}

static tompion_status start(const tompion_provider_t *provider) {
  example_clock_provider *self = provider->provider_data;
  if (!self->source) return TOMPION_WRONG_STATE;
  self->host->request_poll(self->host);
  return TOMPION_OK;
}

static void stop(const tompion_provider_t *provider) { (void)provider; }

static void close_provider(const tompion_provider_t *provider) { free(provider->provider_data); }

static tompion_status command(const tompion_provider_t *provider, const tompion_command_t *command) {
  example_clock_provider *self = provider->provider_data;
  if (!self->source) return TOMPION_WRONG_STATE;
  switch (command->kind) {
    case TOMPION_COMMAND_UPDATE_CONFIG: {
      tompion_status status = read_settings(self);
      return status != TOMPION_OK ? status : self->sources->update(self->host, self->source, &self->info);
    }
    case TOMPION_COMMAND_QUERY:
    case TOMPION_COMMAND_POLL_NOW:
    case TOMPION_COMMAND_POLL_INTERVAL_CHANGED:
    case TOMPION_COMMAND_TIME_JUMPED:
    case TOMPION_COMMAND_NETWORK_CHANGED:
    case TOMPION_COMMAND_SHUTDOWN: return TOMPION_OK;
    default: return TOMPION_UNSUPPORTED;
  }
}

// About once a second. Real-time: nothing here allocates, locks or blocks.
static void poll(const tompion_provider_t *provider, int64_t now_raw_ns) {
  example_clock_provider *self = provider->provider_data;
  (void)now_raw_ns;
  tompion_stamp_t now;
  if (self->host->now(self->host, TOMPION_CLOCK_SYSTEM, &now) != TOMPION_OK) return;
  tompion_sample_t sample = {
      .size = sizeof sample,
      .source = self->source,
      .sequence = self->sequence++,
      .flags = TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_REPLY,
      .local_ns = now.nanoseconds,
      .local_subns = now.subns,
      .reference_ns = measure(self, &now),
      .reference_subns = now.subns,
      .raw_ns = now.raw_nanoseconds,
      .era = now.era,
      .clock = now.clock,
      .dispersion_ns = 1000000,  // how wrong a measurement can be; be honest, the clock's bounds rest on it
      .asymmetry_bound_ns = UINT64_MAX,
      .timescale = TOMPION_TIMESCALE_UTC,
      .stratum = 1,
      .precision = -20,
      .reference_id = self->info.reference_id,
      .rx_kind = now.kind,
      .tx_kind = now.kind,
  };
  self->info.polls += 1;
  if (self->host->publish(self->host, &sample, 1) == 1) {
    self->info.replies += 1;
    self->info.last_reply_raw_ns = now.raw_nanoseconds;
  }
  self->info.reach = (uint8_t)(self->info.reach << 1 | 1);
  self->sources->update(self->host, self->source, &self->info);
}

static const void *get_extension(const tompion_provider_t *provider, const char *id) {
  (void)provider;
  return strcmp(id, TOMPION_SETTINGS_SCHEMA_ID) == 0 ? &schema : NULL;
}

static const tompion_descriptor_t *module_descriptor(uint32_t index) { return index == 0 ? &descriptor : NULL; }

static const tompion_provider_t *module_open(const char *id, const tompion_host_t *host) {
  if (strcmp(id, descriptor.id) != 0) return NULL;
  example_clock_provider *self = calloc(1, sizeof *self);
  if (!self) return NULL;
  self->host = host;
  self->provider = (tompion_provider_t){sizeof(tompion_provider_t), 0, self, &descriptor, init, start, stop, close_provider, command, poll, get_extension};
  return &self->provider;
}

static const tompion_module_t module = {sizeof(tompion_module_t), TOMPION_ABI_MAJOR, TOMPION_ABI_MINOR, 1, 0, module_descriptor, module_open};

const tompion_module_t *tompion_module_v1(void) { return &module; }
