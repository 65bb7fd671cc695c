// SPDX-License-Identifier: Apache-2.0
// What the test providers share: one static instance, its settings, and a log of what it is told, which the tests read.
#ifndef TEST_PROVIDER_H
#define TEST_PROVIDER_H

#include <CTompionProvider.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const tompion_host_t *host;

static inline void say(const char *format, ...) {
  char line[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  const tompion_log_t *log = host->get_extension(host, TOMPION_LOG_ID);
  log->write(host, TOMPION_LOG_NOTICE, line);
}

static inline int find(const char *path, tompion_setting_t *setting) {
  const tompion_settings_t *settings = host->get_extension(host, TOMPION_SETTINGS_ID);
  for (uint32_t i = 0; i < settings->count(host); ++i)
    if (settings->at(host, i, setting) == TOMPION_OK && !strcmp(setting->path, path)) return 1;
  return 0;
}

static inline const char *text(const char *path) {
  tompion_setting_t setting;
  return find(path, &setting) ? setting.string : "";
}

static inline uint32_t number(const char *path) {
  tompion_setting_t setting;
  return find(path, &setting) ? (uint32_t)setting.integer : 0;
}

// Hexadecimal, at most 64 bytes of it.
static inline const char *hex(const uint8_t *bytes, uint32_t count) {
  static char line[160];
  line[0] = 0;
  for (uint32_t i = 0; i < count && i < 64; ++i) snprintf(line + 2 * i, 3, "%02x", bytes[i]);
  return line;
}

// Each test provider has these; a command of kind 90 and up is a test's, with `value`.
static tompion_status begin(void);
static tompion_status order(uint32_t kind, int64_t value);
static const void *extension(const char *id);

static tompion_status provider_init(const tompion_provider_t *p) { return (void)p, TOMPION_OK; }
static tompion_status provider_start(const tompion_provider_t *p) { return (void)p, begin(); }
static void provider_nothing(const tompion_provider_t *p) { (void)p; }
static tompion_status provider_command(const tompion_provider_t *p, const tompion_command_t *c) {
  (void)p;
  return c->kind >= 90 ? order(c->kind, c->value) : TOMPION_UNSUPPORTED;
}
static const void *provider_extension(const tompion_provider_t *p, const char *id) { return (void)p, extension(id); }

static const tompion_descriptor_t descriptor = {sizeof descriptor, TOMPION_CAPABILITY_INPUT, "org.example." NAME, NAME, "v", "1", "a test's"};
static const tompion_provider_t provider = {sizeof provider, 0, NULL, &descriptor, provider_init, provider_start, provider_nothing,
                                            provider_nothing, provider_command, NULL, provider_extension};
static const tompion_descriptor_t *describe(uint32_t i) { return i ? NULL : &descriptor; }
static const tompion_provider_t *open_provider(const char *id, const tompion_host_t *h) { return (void)id, host = h, &provider; }
static const tompion_module_t module = {sizeof module, TOMPION_ABI_MAJOR, TOMPION_ABI_MINOR, 1, 0, describe, open_provider};
const tompion_module_t *tompion_module_v1(void) { return &module; }

#endif
