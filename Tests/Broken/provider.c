// SPDX-License-Identifier: Apache-2.0
// A small provider that keeps to the contract, and one that breaks it in a single way for each -DBROKEN_<name>.
// provider-check has to pass the first and to fail each of the others for its own reason (Tests/Peers/provider_check.py).
#define _GNU_SOURCE
#include <CTompionProvider.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PORT 123

static const tompion_host_t *host;
static const tompion_source_t *sources;
static const tompion_packet_io_t *packets;
static uint32_t source, sequence, socket_;
static int is_started;
static volatile int is_over;
static int64_t last_raw;

static void sleep_ms(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&t, NULL);
}
static void *rest(void *argument) {
  while (!is_over) sleep_ms(1);
  return argument;
}

#ifdef BROKEN_EXTRA_SYMBOL
TOMPION_EXPORT int helper_that_should_be_static(void);
int helper_that_should_be_static(void) { return 1; }
#endif

static const tompion_descriptor_t about = {
    .size = sizeof about,
#ifdef BROKEN_OUTLIVING_THREAD
    .capabilities = TOMPION_CAPABILITY_INPUT | TOMPION_CAPABILITY_OWN_THREAD,
#else
    .capabilities = TOMPION_CAPABILITY_INPUT,
#endif
    .id = "org.example.broken", .name = "broken", .vendor = "v", .version = "1", .description = "broken on purpose"};

static void publish(void) {
  tompion_stamp_t now;
  memset(&now, 0, sizeof now);
  host->now(host, TOMPION_CLOCK_SYSTEM, &now);
  tompion_sample_t s = {.size = sizeof s, .source = source, .sequence = sequence++, .flags = TOMPION_SAMPLE_ONE_WAY,
                        .local_ns = now.nanoseconds, .reference_ns = now.nanoseconds, .raw_ns = now.raw_nanoseconds,
                        .dispersion_ns = 1000, .asymmetry_bound_ns = UINT64_MAX, .era = now.era, .stratum = 1};
#ifdef BROKEN_OUT_OF_RANGE
  s.stratum = 42;
#endif
#ifdef BROKEN_STRANGER
  s.source ^= 1u << 30;
#endif
#ifdef BROKEN_FUTURE
  s.raw_ns += 3600000000000;
#endif
#ifdef BROKEN_BACKWARDS
  if (sequence > 10) s.raw_ns = last_raw - 1000000000;
#endif
#ifdef BROKEN_CLOCK
  s.clock = 17;
#endif
#ifdef BROKEN_SAMPLE_SIZE
  s.size = 64;
#endif
#ifdef BROKEN_FLOOD
  for (int i = 0; i < 6000; ++i) host->publish(host, &s, 1);
#endif
  last_raw = s.raw_ns;
  host->publish(host, &s, 1);
}

static const tompion_setting_schema_t entries[] = {
    {.size = sizeof entries[0], .type = TOMPION_SETTING_REAL, .path = "offset", .description = "s", .default_text = "0.0",
     .minimum = -10.0, .maximum = 10.0, .choices = ""}};
static const tompion_settings_schema_t schema = {.size = sizeof schema, .count = 1, .entries = entries};

static tompion_status read_settings(void) {
  const tompion_settings_t *settings = host->get_extension(host, TOMPION_SETTINGS_ID);
  uint32_t count = settings ? settings->count(host) : 0;
  for (uint32_t i = 0; i < count; ++i) {
    tompion_setting_t setting;
    if (settings->at(host, i, &setting) != TOMPION_OK) continue;
#ifdef BROKEN_HOSTILE_SETTINGS
    char path[256];
    strcpy(path, setting.path);
    if (strlen(path) > 200) abort();
#endif
#ifndef BROKEN_TAKES_ANYTHING
    int number = setting.type == TOMPION_SETTING_REAL || setting.type == TOMPION_SETTING_INTEGER;
    if (strcmp(setting.path, "offset") || !number || !(setting.real >= -10.0 && setting.real <= 10.0)) {
      settings->refuse(host, i, "offset, a number of seconds from -10 to 10");
      return TOMPION_INVALID;
    }
#endif
  }
#ifdef NEEDS_OFFSET
  if (count == 0) {
    settings->refuse(host, UINT32_MAX, "offset, a number of seconds from -10 to 10");
    return TOMPION_INVALID;
  }
#endif
  return TOMPION_OK;
}

static tompion_status init(const tompion_provider_t *p) {
  (void)p;
  sources = host->get_extension(host, TOMPION_SOURCE_ID);
  packets = host->get_extension(host, TOMPION_PACKET_IO_ID);
  if (!sources || !packets) return TOMPION_UNSUPPORTED;
  tompion_status status = read_settings();
  if (status != TOMPION_OK) return status;
#ifdef BROKEN_SLOW_INIT
  sleep_ms(700);
#endif
  tompion_source_info_t info = {.size = sizeof info, .flags = TOMPION_SOURCE_NOSELECT, .name = "broken", .stratum = 1};
#ifdef BROKEN_EARLY_PUBLISH
  status = sources->add(host, &info, &source);
  publish();
  return status;
#else
  return sources->add(host, &info, &source);
#endif
}

static tompion_status start(const tompion_provider_t *p) {
  (void)p;
  if (!source) return TOMPION_WRONG_STATE;
  tompion_socket_options_t options = {.size = sizeof options, .flags = TOMPION_SOCKET_SERVER};
  options.local.family = TOMPION_FAMILY_IPV4;
  options.local.port = PORT;
  tompion_status status = packets->open(host, &options, &socket_);
  if (status != TOMPION_OK) return status;
#if defined BROKEN_THREAD || defined BROKEN_OUTLIVING_THREAD
  pthread_t thread;
  is_over = 0;
  if (pthread_create(&thread, NULL, rest, NULL)) return TOMPION_ERROR;
  pthread_detach(thread);
#endif
  is_started = 1;
  host->request_poll(host);
  return TOMPION_OK;
}

static void stop(const tompion_provider_t *p) {
  (void)p;
  if (!is_started) return;
#ifndef BROKEN_OUTLIVING_THREAD
  is_over = 1;
#endif
  is_started = 0;
  packets->close(host, socket_);
}

static void close_it(const tompion_provider_t *p) { (void)p; }

static tompion_status command(const tompion_provider_t *p, const tompion_command_t *c) {
  (void)p;
#ifdef BROKEN_LATE_COMMAND
  if (c->kind == TOMPION_COMMAND_QUERY) sleep_ms(700);
#endif
#ifdef BROKEN_PUBLISH_WHILE_STOPPED
  if (c->kind == TOMPION_COMMAND_QUERY && !is_started) publish();
#endif
#ifdef BROKEN_ANSWERS_ANYTHING
  return (void)c, TOMPION_OK;
#else
  return c->kind >= TOMPION_COMMAND_UPDATE_CONFIG && c->kind <= TOMPION_COMMAND_POLL_NOW ? TOMPION_OK : TOMPION_UNSUPPORTED;
#endif
}

static void poll_it(const tompion_provider_t *p, int64_t now) {
  (void)p, (void)now;
#ifdef BROKEN_NEVER_RETURNS
  for (;;) sleep_ms(1000);
#endif
#ifdef BROKEN_SLOW_POLL
  sleep_ms(20);
#endif
#ifdef BROKEN_OPENS_A_FILE
  int fd = open("/etc/hostname", O_RDONLY);
  if (fd >= 0) close(fd);
#endif
  publish();
}

static void receive(const tompion_provider_t *p, void *worker, uint32_t s, tompion_packet_t *batch, uint32_t count) {
  (void)p, (void)worker, (void)s;
#ifdef BROKEN_BLOCKS_IN_RECEIVE
  struct timespec t = {0, 1000};
  nanosleep(&t, NULL);
#endif
  for (uint32_t i = 0; i < count; ++i) {
#ifdef BROKEN_ALLOCATES_IN_RECEIVE
    char *copy = malloc(batch[i].length + 1);
    if (copy) memcpy(copy, batch[i].bytes, batch[i].length), copy[batch[i].length] = 0;
    if (copy && copy[0] == 77) sequence += 1;
    free(copy);
#endif
#ifdef BROKEN_CRASHES_ON_PACKETS
    if (batch[i].length < 48) raise(SIGSEGV);
#endif
    if (batch[i].length >= 48) batch[i].reply_length = 48;
#ifdef BROKEN_LONG_REPLY
    batch[i].reply_length = batch[i].length + 1;
#endif
  }
}

static const void *extension(const tompion_provider_t *p, const char *id) {
  static const tompion_packet_receiver_t receiver = {.size = sizeof receiver, .receive = receive};
  (void)p;
  if (!strcmp(id, TOMPION_PACKET_IO_ID)) return &receiver;
  if (!strcmp(id, TOMPION_SETTINGS_SCHEMA_ID)) return &schema;
#ifdef BROKEN_ANY_EXTENSION
  return strncmp(id, "org.", 4) ? NULL : &receiver;
#else
  return NULL;
#endif
}

static const tompion_provider_t *make(const char *id, const tompion_host_t *h) {
  static tompion_provider_t pool[64];
  static unsigned next;
  (void)id, (void)rest;
#ifdef BROKEN_LEAKS_MEMORY
  void *volatile lost = malloc(100);
  (void)lost;
#endif
#ifdef BROKEN_LEAKS_A_DESCRIPTOR
  if (open("/dev/null", O_RDONLY) < 0) return NULL;
#endif
  host = h;
  source = 0;
  is_started = 0;
  tompion_provider_t *made = &pool[next++ % 64];
  *made = (tompion_provider_t){sizeof *made, 0, NULL, &about, init, start, stop, close_it, command, poll_it, extension};
#ifdef BROKEN_NULL_FUNCTION
  made->stop = NULL;
#endif
#ifdef BROKEN_PROVIDER_SIZE
  made->size = 40;
#endif
  return made;
}

static const tompion_descriptor_t *describe(uint32_t i) {
#ifdef BROKEN_TWICE_ONE_ID
  return i < 2 ? &about : NULL;
#else
  return i ? NULL : &about;
#endif
}

#ifdef BROKEN_TWICE_ONE_ID
#define COUNT 2
#else
#define COUNT 1
#endif
#ifdef BROKEN_MAJOR
#define MAJOR 2
#else
#define MAJOR TOMPION_ABI_MAJOR
#endif
#ifdef BROKEN_MODULE_SIZE
#define SIZE 16
#else
#define SIZE sizeof(tompion_module_t)
#endif

const tompion_module_t *tompion_module_v1(void) {
  static const tompion_module_t module = {SIZE, MAJOR, 0, COUNT, 0, describe, make};
  return &module;
}
