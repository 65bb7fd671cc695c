// SPDX-License-Identifier: Apache-2.0
// The provider's functions, each wrapped: the host calls these, and they call the plugin's with the plugin's own pointer.
#define _GNU_SOURCE
#include <link.h>
#include <string.h>

#include "watch_internal.h"

// One per open. A closed one keeps what it was, for hosts' mistakes, until all others have been used.
typedef struct watched {
  tompion_provider_t outer;  // first: what the host holds
  const tompion_provider_t *inner;
  tompion_host_t host;
  const tompion_packet_receiver_t *packets;
  const tompion_timer_receiver_t *timers;
  const tompion_resolve_receiver_t *answers;
  tompion_packet_receiver_t packets_outer;
  tompion_timer_receiver_t timers_outer;
  tompion_resolve_receiver_t answers_outer;
  int is_used;
} watched_t;

static watched_t pool[128];
static const tompion_module_t *module_real;
static tompion_module_t module_outer;
static uint64_t image_base, text_begin, text_end;

static const watched_t *at(const tompion_provider_t *provider) { return (const watched_t *)provider; }

#define CALL(kind, statement)                  \
  const watched_t *w = at(p);                  \
  watch_begun_t begun = watch_begin(kind);     \
  statement;                                   \
  watch_end(kind, &begun)

static tompion_status on_init(const tompion_provider_t *p) {
  CALL(WATCH_INIT, tompion_status status = w->inner->init(w->inner));
  return status;
}
static tompion_status on_start(const tompion_provider_t *p) {
  CALL(WATCH_START, tompion_status status = w->inner->start(w->inner));
  return status;
}
static void on_stop(const tompion_provider_t *p) { CALL(WATCH_STOP, w->inner->stop(w->inner)); }
static void on_close(const tompion_provider_t *p) {
  CALL(WATCH_CLOSE, w->inner->close(w->inner));
  ((watched_t *)p)->is_used = 0;
}
static tompion_status on_command(const tompion_provider_t *p, const tompion_command_t *c) {
  CALL(WATCH_COMMAND, tompion_status status = w->inner->command(w->inner, c));
  return status;
}
static void on_poll(const tompion_provider_t *p, int64_t now) { CALL(WATCH_POLL, w->inner->poll(w->inner, now)); }
static void *on_worker_open(const tompion_provider_t *p, uint32_t index) {
  CALL(WATCH_WORKER_OPEN, void *worker = w->packets->worker_open(w->inner, index));
  return worker;
}
static void on_worker_close(const tompion_provider_t *p, void *worker) {
  CALL(WATCH_WORKER_CLOSE, w->packets->worker_close(w->inner, worker));
}
static void on_receive(const tompion_provider_t *p, void *worker, uint32_t socket, tompion_packet_t *packets, uint32_t count) {
  CALL(WATCH_RECEIVE, w->packets->receive(w->inner, worker, socket, packets, count));
}
static void on_transmitted(const tompion_provider_t *p, const tompion_transmitted_t *stamps, uint32_t count) {
  CALL(WATCH_TRANSMITTED, w->packets->transmitted(w->inner, stamps, count));
}
static void on_failed(const tompion_provider_t *p, uint32_t socket, tompion_status status) {
  CALL(WATCH_FAILED, w->packets->failed(w->inner, socket, status));
}
static void on_expired(const tompion_provider_t *p, uint32_t number, int64_t now) {
  CALL(WATCH_EXPIRED, w->timers->expired(w->inner, number, now));
}
static void on_resolved(const tompion_provider_t *p, uint64_t token, tompion_status status, const tompion_address_t *addresses,
                        uint32_t count, const char *text) {
  CALL(WATCH_RESOLVED, w->answers->resolved(w->inner, token, status, addresses, count, text));
}

// A table shorter than version 1 is handed on as it is: the host sees that for itself.
static const void *on_extension(const tompion_provider_t *p, const char *id) {
  watched_t *own = (watched_t *)p;
  CALL(WATCH_EXTENSION, const void *found = w->inner->get_extension(w->inner, id));
  if (!found) return NULL;
  uint32_t size = *(const uint32_t *)found;
  if (!strcmp(id, TOMPION_PACKET_IO_ID) && size >= sizeof(tompion_packet_receiver_t)) {
    own->packets = found;
    own->packets_outer = (tompion_packet_receiver_t){
        sizeof(tompion_packet_receiver_t), 0,
        own->packets->worker_open ? on_worker_open : NULL, own->packets->worker_close ? on_worker_close : NULL,
        own->packets->receive ? on_receive : NULL, own->packets->transmitted ? on_transmitted : NULL,
        own->packets->failed ? on_failed : NULL};
    return &own->packets_outer;
  }
  if (!strcmp(id, TOMPION_TIMER_ID) && size >= sizeof(tompion_timer_receiver_t)) {
    own->timers = found;
    own->timers_outer = (tompion_timer_receiver_t){sizeof(tompion_timer_receiver_t), 0, own->timers->expired ? on_expired : NULL};
    return &own->timers_outer;
  }
  if (!strcmp(id, TOMPION_RESOLVE_ID) && size >= sizeof(tompion_resolve_receiver_t)) {
    own->answers = found;
    own->answers_outer = (tompion_resolve_receiver_t){sizeof(tompion_resolve_receiver_t), 0, own->answers->resolved ? on_resolved : NULL};
    return &own->answers_outer;
  }
  return found;
}

static watched_t *unused(void) {
  static unsigned next;
  for (unsigned tries = 0; tries < sizeof pool / sizeof *pool; ++tries) {
    watched_t *one = &pool[next++ % (sizeof pool / sizeof *pool)];
    if (!one->is_used) return one;
  }
  return NULL;
}

static const tompion_provider_t *on_open(const char *id, const tompion_host_t *host) {
  watched_t *own = unused();
  if (!own) return NULL;
  memset(own, 0, sizeof *own);
  watch_wrap_host(&own->host, host);
  watch_begun_t begun = watch_begin(WATCH_OPEN);
  const tompion_provider_t *inner = module_real->open(id, &own->host);
  watch_end(WATCH_OPEN, &begun);
  if (!inner) return NULL;
  // What is not there, or NULL, stays so: the host is to see it.
  own->outer.size = inner->size;
  if (inner->size < sizeof *inner) return &own->outer;
  own->is_used = 1;
  own->inner = inner;
  own->outer = (tompion_provider_t){
      inner->size, inner->reserved, inner->provider_data, inner->descriptor, inner->init ? on_init : NULL,
      inner->start ? on_start : NULL, inner->stop ? on_stop : NULL, inner->close ? on_close : NULL,
      inner->command ? on_command : NULL, inner->poll ? on_poll : NULL, inner->get_extension ? on_extension : NULL};
  return &own->outer;
}

static int find_image(struct dl_phdr_info *image, size_t size, void *address) {
  (void)size;
  for (int i = 0; i < image->dlpi_phnum; ++i) {
    const ElfW(Phdr) *part = &image->dlpi_phdr[i];
    uint64_t begin = image->dlpi_addr + part->p_vaddr, end = begin + part->p_memsz;
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || (uint64_t)address < begin || (uint64_t)address >= end) continue;
    image_base = image->dlpi_addr;
    text_begin = begin;
    text_end = end;
    return 1;
  }
  return 0;
}

// Whether the instruction before is a call, as far as that can be told: then it is a return address and not just any pointer.
static int follows_call(uint64_t address) {
#ifdef __x86_64__
  const uint8_t *code = (const uint8_t *)address;
  if (address - text_begin < 8) return 0;
  if (code[-5] == 0xe8) return 1;
  for (int length = 2; length <= 7; ++length)
    if (code[-length] == 0xff && (code[1 - length] & 0x38) == 0x10) return 1;
  return 0;
#else
  return address > text_begin;
#endif
}

uint64_t watch_place(void) {
  // A word of the stack that points behind a call in the plugin's code is most likely a return address; the innermost is the place.
  for (const char *word = (const char *)((uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)7); word < watch_frame; word += 8) {
    uint64_t value = *(const uint64_t *)word;
    if (value > text_begin && value < text_end && follows_call(value)) return value - 1 - image_base;
  }
  return 0;
}

const tompion_module_t *watch_module(const tompion_module_t *module) {
  module_real = module;
  module_outer = *module;
  module_outer.size = sizeof module_outer;
  module_outer.open = on_open;
  dl_iterate_phdr(find_image, (void *)(uintptr_t)module->open);
  return &module_outer;
}
