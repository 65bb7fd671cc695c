// SPDX-License-Identifier: Apache-2.0
// The smallest provider that does something: one source, and one sample per poll from its own reading of the clock.
#include <string.h>

#include <CTompionProvider.h>

// One per open; the module may be opened several times, so nothing is global but constants. A static pool instead of malloc
// keeps the example free of ownership questions.
typedef struct example {
  tompion_provider_t provider;
  const tompion_host_t *host;
  const tompion_source_t *sources;
  tompion_source_info_t info;
  uint32_t source;
  uint32_t sequence;
  int64_t offset_ns;  // reference - clock
  int used;
} example_t;

static example_t pool[8];

static const tompion_descriptor_t descriptor = {
    .size = sizeof(tompion_descriptor_t),
    .capabilities = TOMPION_CAPABILITY_INPUT,
    .id = "org.tompion.example",
    .name = "example",
    .vendor = "Tompion",
    .version = "1.0",
    .description = "Reads the clock and claims that it is off by a set amount",
};

static const tompion_setting_schema_t entries[] = {
    {
        .size = sizeof(tompion_setting_schema_t),
        .type = TOMPION_SETTING_REAL,
        .path = "offset",
        .description = "reference minus clock, seconds",
        .default_text = "0.0",
        .minimum = -10.0,
        .maximum = 10.0,
        .choices = "",
    },
    {
        .size = sizeof(tompion_setting_schema_t),
        .type = TOMPION_SETTING_BOOLEAN,
        .path = "noselect",
        .description = "whether the source is only looked at",
        .default_text = "true",
        .minimum = 1.0,
        .maximum = 0.0,
        .choices = "",
    },
};

static const tompion_settings_schema_t schema = {
    .size = sizeof(tompion_settings_schema_t), .count = sizeof(entries) / sizeof(entries[0]), .entries = entries};

static tompion_status read_settings(example_t *self) {
  const tompion_settings_t *settings = self->host->get_extension(self->host, TOMPION_SETTINGS_ID);
  uint32_t flags = TOMPION_SOURCE_NOSELECT;
  double offset = 0.0;
  uint32_t count = settings ? settings->count(self->host) : 0;
  for (uint32_t i = 0; i < count; ++i) {
    tompion_setting_t setting;
    if (settings->at(self->host, i, &setting) != TOMPION_OK) continue;
    if (strcmp(setting.path, "offset") == 0) {
      int number = setting.type == TOMPION_SETTING_REAL || setting.type == TOMPION_SETTING_INTEGER;
      // Written so that not-a-number fails, too.
      if (!number || !(setting.real >= -10.0 && setting.real <= 10.0)) {
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

static tompion_status example_init(const tompion_provider_t *provider) {
  example_t *self = provider->provider_data;
  self->sources = self->host->get_extension(self->host, TOMPION_SOURCE_ID);
  if (!self->sources) return TOMPION_UNSUPPORTED;
  self->info = (tompion_source_info_t){
      .size = sizeof(tompion_source_info_t),
      .name = "example",
      .address = "none",
      .stratum = 1,
      .poll = 0,
      .min_poll = 0,
      .max_poll = 0,
      .reference_id = 0x45584d50,  // "EXMP"
  };
  tompion_status status = read_settings(self);
  if (status != TOMPION_OK) return status;
  return self->sources->add(self->host, &self->info, &self->source);
}

static tompion_status example_start(const tompion_provider_t *provider) {
  example_t *self = provider->provider_data;
  if (!self->source) return TOMPION_WRONG_STATE;
  self->host->request_poll(self->host);
  return TOMPION_OK;
}

static void example_stop(const tompion_provider_t *provider) { (void)provider; }

static void example_close(const tompion_provider_t *provider) {
  example_t *self = provider->provider_data;
  // The slot is free again; the table stays readable, so that a host's mistake (a second close) does no harm.
  self->used = 0;
  self->source = 0;
}

static tompion_status example_command(const tompion_provider_t *provider, const tompion_command_t *command) {
  example_t *self = provider->provider_data;
  if (!self->source) return TOMPION_WRONG_STATE;
  switch (command->kind) {
    case TOMPION_COMMAND_UPDATE_CONFIG: {
      tompion_status status = read_settings(self);
      return status != TOMPION_OK ? status : self->sources->update(self->host, self->source, &self->info);
    }
    case TOMPION_COMMAND_QUERY: return self->sources->update(self->host, self->source, &self->info);
    case TOMPION_COMMAND_POLL_INTERVAL_CHANGED:
    case TOMPION_COMMAND_TIME_JUMPED:
    case TOMPION_COMMAND_NETWORK_CHANGED:
    case TOMPION_COMMAND_SHUTDOWN:
    case TOMPION_COMMAND_POLL_NOW: return TOMPION_OK;
    default: return TOMPION_UNSUPPORTED;
  }
}

static void example_poll(const tompion_provider_t *provider, int64_t now_raw_ns) {
  example_t *self = provider->provider_data;
  (void)now_raw_ns;
  tompion_stamp_t stamp;
  if (self->host->now(self->host, TOMPION_CLOCK_SYSTEM, &stamp) != TOMPION_OK) return;
  tompion_sample_t sample = {
      .size = sizeof(tompion_sample_t),
      .source = self->source,
      .sequence = self->sequence++,
      .flags = TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_REPLY,
      .local_ns = stamp.nanoseconds,
      .reference_ns = stamp.nanoseconds + self->offset_ns,
      .raw_ns = stamp.raw_nanoseconds,
      .dispersion_ns = 1000000,  // it is an example: it claims a millisecond
      .asymmetry_bound_ns = UINT64_MAX,
      .era = stamp.era,
      .reference_id = self->info.reference_id,
      .local_subns = stamp.subns,
      .reference_subns = stamp.subns,
      .clock = stamp.clock,
      .timescale = TOMPION_TIMESCALE_UTC,
      .stratum = 1,
      .precision = -20,
      .rx_kind = stamp.kind,
      .tx_kind = stamp.kind,
  };
  self->host->publish(self->host, &sample, 1);
  self->info.polls += 1;
  self->info.replies += 1;
  self->info.reach = (uint8_t)(self->info.reach << 1 | 1);
  self->info.last_reply_raw_ns = stamp.raw_nanoseconds;
  self->sources->update(self->host, self->source, &self->info);
}

static const void *example_extension(const tompion_provider_t *provider, const char *id) {
  (void)provider;
  return strcmp(id, TOMPION_SETTINGS_SCHEMA_ID) == 0 ? &schema : NULL;
}

static const tompion_descriptor_t *module_descriptor(uint32_t index) { return index == 0 ? &descriptor : NULL; }

static const tompion_provider_t *module_open(const char *id, const tompion_host_t *host) {
  if (strcmp(id, descriptor.id) != 0) return NULL;
  for (size_t i = 0; i < sizeof(pool) / sizeof(pool[0]); ++i) {
    example_t *self = &pool[i];
    if (self->used) continue;
    memset(self, 0, sizeof *self);
    self->used = 1;
    self->host = host;
    self->provider = (tompion_provider_t){
        .size = sizeof(tompion_provider_t),
        .provider_data = self,
        .descriptor = &descriptor,
        .init = example_init,
        .start = example_start,
        .stop = example_stop,
        .close = example_close,
        .command = example_command,
        .poll = example_poll,
        .get_extension = example_extension,
    };
    return &self->provider;
  }
  return NULL;
}

static const tompion_module_t module = {
    .size = sizeof(tompion_module_t),
    .abi_major = TOMPION_ABI_MAJOR,
    .abi_minor = TOMPION_ABI_MINOR,
    .descriptor_count = 1,
    .descriptor = module_descriptor,
    .open = module_open,
};

const tompion_module_t *tompion_module_v1(void) { return &module; }
