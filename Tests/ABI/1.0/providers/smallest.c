// SPDX-License-Identifier: Apache-2.0
// The smallest provider of the ABI's first release that yields samples: one source, the clock's own reading once a second.
// Kept as it was written; every later host must load and run it.
#include <string.h>

#include <CTompionProvider.h>

static struct state {
  tompion_provider_t provider;
  const tompion_host_t *host;
  const tompion_source_t *sources;
  tompion_source_info_t info;
  uint32_t source, sequence, used;
} instances[64];

static const tompion_descriptor_t descriptor = {sizeof descriptor, TOMPION_CAPABILITY_INPUT, "org.tompion.test.smallest-1-0", "smallest",
                                                "Tompion", "1.0", "The smallest provider of the first release"};

static tompion_status init(const tompion_provider_t *provider) {
  struct state *self = provider->provider_data;
  self->sources = self->host->get_extension(self->host, TOMPION_SOURCE_ID);
  if (!self->sources) return TOMPION_UNSUPPORTED;
  self->info = (tompion_source_info_t){.size = sizeof self->info, .flags = TOMPION_SOURCE_NOSELECT, .name = "smallest", .stratum = 1};
  return self->sources->add(self->host, &self->info, &self->source);
}

static tompion_status start(const tompion_provider_t *provider) {
  struct state *self = provider->provider_data;
  if (!self->source) return TOMPION_WRONG_STATE;
  self->host->request_poll(self->host);
  return TOMPION_OK;
}

static void stop(const tompion_provider_t *provider) { (void)provider; }

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
  tompion_stamp_t now;
  (void)now_raw_ns;
  if (self->host->now(self->host, TOMPION_CLOCK_SYSTEM, &now) != TOMPION_OK) return;
  tompion_sample_t sample = {.size = sizeof sample, .source = self->source, .sequence = self->sequence++,
                             .flags = TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_REPLY, .local_ns = now.nanoseconds,
                             .reference_ns = now.nanoseconds, .raw_ns = now.raw_nanoseconds, .dispersion_ns = 1000000,
                             .asymmetry_bound_ns = UINT64_MAX, .era = now.era, .clock = now.clock, .stratum = 1, .precision = -20};
  self->host->publish(self->host, &sample, 1);
}

static const void *get_extension(const tompion_provider_t *provider, const char *id) {
  (void)provider, (void)id;
  return NULL;
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
