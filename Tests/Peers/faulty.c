// SPDX-License-Identifier: Apache-2.0
// A provider with one fault, chosen by -DFAULT_<name>; it behaves until its second poll.
#define _GNU_SOURCE
#include <CTompionProvider.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const tompion_host_t *host;
static uint32_t source;
static uint32_t polls;
static const tompion_descriptor_t about = {sizeof about, TOMPION_CAPABILITY_INPUT, "org.example.faulty", "faulty", "v", "1", "faulty on purpose"};

static tompion_sample_t good(void) {
  tompion_stamp_t now;
  memset(&now, 0, sizeof now);
  host->now(host, TOMPION_CLOCK_SYSTEM, &now);
  tompion_sample_t s = {.size = sizeof s, .source = source, .flags = TOMPION_SAMPLE_ONE_WAY, .local_ns = now.nanoseconds,
                        .reference_ns = now.nanoseconds + 300000000, .raw_ns = now.raw_nanoseconds, .dispersion_ns = 1000,
                        .asymmetry_bound_ns = UINT64_MAX, .era = now.era, .stratum = 1};
  return s;
}

static void publish(tompion_sample_t sample, uint32_t times) {
  for (uint32_t i = 0; i < times; ++i) host->publish(host, &sample, 1);
}

static void *rest(void *argument) { return pause(), argument; }

static void fault(void) {
  tompion_sample_t sample = good();
  (void)sample;
  (void)rest;
#if defined FAULT_FLOOD
  for (uint32_t i = 0; i < 100000; ++i) publish(good(), 1);
#elif defined FAULT_GARBAGE
  sample.delay_ns = INT64_MIN;
  sample.dispersion_ns = UINT64_MAX;
  sample.stratum = 200;
  sample.leap = 99;
  publish(sample, 500);
#elif defined FAULT_BACKWARDS
  for (int i = 0; i < 500; ++i) sample.raw_ns -= 1000000000, publish(sample, 1);
#elif defined FAULT_FUTURE
  sample.raw_ns += 3600000000000;
  publish(sample, 500);
#elif defined FAULT_SIZE
  sample.size = 64;
  publish(sample, 500);
#elif defined FAULT_STRANGER
  sample.source ^= 1u << 30;
  publish(sample, 500);
#elif defined FAULT_CLOCK
  sample.clock = 17;
  publish(sample, 500);
#elif defined FAULT_EXIT
  _exit(3);
#elif defined FAULT_CRASH
  *(volatile int *)8 = 1;
#elif defined FAULT_ABORT
  abort();
#elif defined FAULT_HANG
  for (;;) {}
#elif defined FAULT_LEAK
  for (;;) {
    char *block = malloc(1 << 20);
    if (!block) abort();
    memset(block, 1, 1 << 20);
  }
#elif defined FAULT_BOMB
  for (int i = 0; i < 10000; ++i) syscall(SYS_fork);
  for (int i = 0; i < 10000; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, rest, NULL)) break;
  }
  _exit(4);
#elif defined FAULT_FRAMES
  // Straight into the socket to the host, past the code between.
  char noise[64];
  for (int i = 0; i < 3000; ++i) {
    for (unsigned j = 0; j < sizeof noise; ++j) noise[j] = (char)rand();
    if (write(3, noise, sizeof noise) < 0) break;
  }
#elif defined FAULT_SCRIBBLE
  // Over everything that is shared with the host, without end.
  unsigned char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0);
  if (shared == MAP_FAILED) abort();
  for (int i = 0; i < 1000; ++i)
    for (int j = 256; j < 4096; ++j) shared[j] = (unsigned char)rand();
#elif defined FAULT_BELL
  const uint64_t one = 1;
  for (int i = 0; i < 3000000; ++i)
    if (write(5, &one, sizeof one) < 0) break;
  _exit(5);
#endif
}

static tompion_status init(const tompion_provider_t *p) {
  (void)p;
  const tompion_source_t *sources = host->get_extension(host, TOMPION_SOURCE_ID);
  tompion_source_info_t info = {.size = sizeof info, .flags = TOMPION_SOURCE_NOSELECT, .name = "faulty", .stratum = 1};
  return sources->add(host, &info, &source);
}
static tompion_status start(const tompion_provider_t *p) { return (void)p, polls = 0, host->request_poll(host), TOMPION_OK; }
static void nothing(const tompion_provider_t *p) { (void)p; }
static tompion_status command(const tompion_provider_t *p, const tompion_command_t *c) { return (void)p, (void)c, TOMPION_UNSUPPORTED; }
static void poll_it(const tompion_provider_t *p, int64_t now) {
  (void)p, (void)now;
  if (++polls >= 2) fault();
}
static const void *extension(const tompion_provider_t *p, const char *id) { return (void)p, (void)id, NULL; }
static const tompion_provider_t provider = {sizeof provider, 0, NULL, &about, init, start, nothing, nothing, command, poll_it, extension};
static const tompion_provider_t *make(const char *id, const tompion_host_t *h) { return (void)id, host = h, &provider; }
static const tompion_descriptor_t *describe(uint32_t i) { return i ? NULL : &about; }
const tompion_module_t *tompion_module_v1(void) {
  static const tompion_module_t module = {sizeof module, TOMPION_ABI_MAJOR, 0, 1, 0, describe, make};
  return &module;
}
