// SPDX-License-Identifier: Apache-2.0
// A small host of the ABI's first release, as it was then: what it knows is 1.0/include and nothing later. Loads a plugin, runs its
// first provider on this machine's loopback for a while, and says how it went; or says why it could not.
//   host FILE.so SECONDS [PATH=VALUE]...
// Prints "runs: NAME VERSION: N samples, M sources" (status 0), "refused: WHY" (1), "wrong: WHAT" (2).
#include <arpa/inet.h>
#include <dlfcn.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <CTompionProvider.h>

static char said[600];  // the provider's last error or refusal
static unsigned long samples, sources, bad, polled;
static uint32_t next_source = 1, next_socket = 1;
static tompion_clock_page_t page = {.size = sizeof page};
static struct { const char *path, *value; } settings[32];
static uint32_t setting_count;
static struct { uint32_t number; int fd, server; } sockets[64];
static struct { uint32_t number; int64_t deadline; } timers[256];
static struct { uint64_t token; tompion_address_t address; int found, used; } lookups[64];
static struct { uint64_t token; uint32_t socket; tompion_stamp_t stamp; } departures[256];
static uint32_t departed;
static const tompion_provider_t *provider;

static int64_t clock_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void stamp_now(tompion_stamp_t *stamp) {
  *stamp = (tompion_stamp_t){.nanoseconds = clock_ns(CLOCK_REALTIME), .raw_nanoseconds = clock_ns(CLOCK_MONOTONIC_RAW), .kind = TOMPION_STAMP_USER};
}

static void misbehaved(const char *what) {
  bad += 1;
  snprintf(said, sizeof said, "%s", what);
}

// The core.
static uint32_t publish(const tompion_host_t *host, const tompion_sample_t *batch, uint32_t count) {
  (void)host;
  uint32_t taken = 0;
  for (; taken < count; ++taken) {
    const tompion_sample_t *one = &batch[taken];
    if (one->size != 128 || one->source == 0 || one->source >= next_source || one->clock != 0 || one->reserved64 || one->stratum > 16) {
      misbehaved("published a sample that the first release does not take");
      break;
    }
    samples += 1;
  }
  return taken;
}
static int64_t now_raw(const tompion_host_t *host) { return (void)host, clock_ns(CLOCK_MONOTONIC_RAW); }
static tompion_status now(const tompion_host_t *host, uint16_t clock, tompion_stamp_t *stamp) {
  (void)host;
  if (clock != TOMPION_CLOCK_SYSTEM) return TOMPION_NOT_FOUND;
  stamp_now(stamp);
  return TOMPION_OK;
}
static void fill_random(const tompion_host_t *host, void *bytes, uint32_t count) {
  (void)host;
  if (getrandom(bytes, count, 0) < 0) abort();
}
static void request_poll(const tompion_host_t *host) { (void)host, polled = 1; }

// source/1, log/1, event/1, clock-info/1.
static tompion_status source_add(const tompion_host_t *host, const tompion_source_info_t *info, uint32_t *source) {
  (void)host;
  if (info->size < sizeof *info) return TOMPION_INVALID;
  *source = next_source++;
  sources += 1;
  return TOMPION_OK;
}
static tompion_status source_update(const tompion_host_t *host, uint32_t source, const tompion_source_info_t *info) {
  (void)host, (void)info;
  return source && source < next_source ? TOMPION_OK : TOMPION_NOT_FOUND;
}
static tompion_status source_remove(const tompion_host_t *host, uint32_t source) {
  (void)host;
  return source && source < next_source ? TOMPION_OK : TOMPION_NOT_FOUND;
}
static void log_write(const tompion_host_t *host, uint32_t level, const char *text) {
  (void)host;
  fprintf(stderr, "log %u: %s\n", level, text);
  if (level == TOMPION_LOG_ERROR) snprintf(said, sizeof said, "%s", text);
}
static void event_raise(const tompion_host_t *host, uint32_t number, uint32_t source, const char *text) {
  (void)host;
  fprintf(stderr, "event %u (source %u): %s\n", number, source, text);
}
static const tompion_clock_page_t *clock_page(const tompion_host_t *host, uint16_t clock) { return (void)host, clock == 0 ? &page : NULL; }

// settings/1.
static uint32_t settings_count(const tompion_host_t *host) { return (void)host, setting_count; }
static tompion_status settings_at(const tompion_host_t *host, uint32_t index, tompion_setting_t *out) {
  (void)host;
  if (index >= setting_count) return TOMPION_NOT_FOUND;
  const char *value = settings[index].value;
  char *end;
  *out = (tompion_setting_t){.size = sizeof *out, .type = TOMPION_SETTING_STRING, .path = settings[index].path, .string = "", .line = 1};
  long long integer = strtoll(value, &end, 10);
  if (*value && !*end) {
    out->type = TOMPION_SETTING_INTEGER, out->integer = integer, out->real = (double)integer;
  } else if (!strcmp(value, "true") || !strcmp(value, "false")) {
    out->type = TOMPION_SETTING_BOOLEAN, out->integer = *value == 't';
  } else {
    out->string = value;
  }
  return TOMPION_OK;
}
static void settings_refuse(const tompion_host_t *host, uint32_t index, const char *right) {
  (void)host;
  snprintf(said, sizeof said, "%s = %s: right is %s", settings[index].path, settings[index].value, right);
}

// timer/1 and resolve/1: numeric addresses are enough here.
static tompion_status timer_arm(const tompion_host_t *host, uint32_t number, int64_t deadline) {
  (void)host;
  for (int pass = 0; pass < 2; ++pass)
    for (int i = 0; i < 256; ++i)
      if (pass == 0 ? timers[i].deadline && timers[i].number == number : !timers[i].deadline)
        return timers[i].number = number, timers[i].deadline = deadline, TOMPION_OK;
  return TOMPION_AGAIN;
}
static void timer_disarm(const tompion_host_t *host, uint32_t number) {
  (void)host;
  for (int i = 0; i < 256; ++i)
    if (timers[i].number == number) timers[i].deadline = 0;
}
static tompion_status resolve_start(const tompion_host_t *host, const char *name, uint8_t family, uint64_t token) {
  (void)host, (void)family;
  for (int i = 0; i < 64; ++i)
    if (!lookups[i].used) {
      lookups[i].used = 1, lookups[i].token = token, lookups[i].address = (tompion_address_t){.family = TOMPION_FAMILY_IPV4};
      lookups[i].found = inet_pton(AF_INET, name, lookups[i].address.bytes) == 1;
      return TOMPION_OK;
    }
  return TOMPION_AGAIN;
}

// packet-io/1: IPv4, stamps of this program.
static void to_kernel(const tompion_address_t *from, struct sockaddr_in *to) {
  *to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(from->port)};
  memcpy(&to->sin_addr, from->bytes, 4);
}
static void from_kernel(const struct sockaddr_in *from, tompion_address_t *to) {
  *to = (tompion_address_t){.port = ntohs(from->sin_port), .family = TOMPION_FAMILY_IPV4};
  memcpy(to->bytes, &from->sin_addr, 4);
}
static tompion_status packet_open(const tompion_host_t *host, const tompion_socket_options_t *options, uint32_t *socket_number) {
  (void)host;
  if (options->size < sizeof *options) return TOMPION_INVALID;
  if (options->local.family == TOMPION_FAMILY_IPV6 || options->peer.family == TOMPION_FAMILY_IPV6) return TOMPION_UNSUPPORTED;
  for (int i = 0; i < 64; ++i) {
    if (sockets[i].number) continue;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in local, peer;
    to_kernel(&options->local, &local);
    to_kernel(&options->peer, &peer);
    int server = (options->flags & TOMPION_SOCKET_SERVER) != 0;
    if (fd < 0) return TOMPION_ERROR;
    if (bind(fd, (struct sockaddr *)&local, sizeof local) < 0) return close(fd), TOMPION_ADDRESS_IN_USE;
    if (!server && connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0) return close(fd), TOMPION_UNREACHABLE;
    sockets[i].fd = fd, sockets[i].server = server;
    *socket_number = sockets[i].number = next_socket++;
    return TOMPION_OK;
  }
  return TOMPION_AGAIN;
}
static int find(uint32_t number) {
  for (int i = 0; i < 64; ++i)
    if (number && sockets[i].number == number) return i;
  return -1;
}
static void packet_close(const tompion_host_t *host, uint32_t number) {
  (void)host;
  int i = find(number);
  if (i >= 0) close(sockets[i].fd), sockets[i].number = 0;
}
static uint32_t packet_send(const tompion_host_t *host, uint32_t number, const tompion_packet_t *packets, uint32_t count) {
  (void)host;
  int i = find(number);
  uint32_t taken = 0;
  for (; i >= 0 && taken < count; ++taken) {
    struct sockaddr_in peer;
    tompion_stamp_t before;
    to_kernel(&packets[taken].peer, &peer);
    stamp_now(&before);
    if (sendto(sockets[i].fd, packets[taken].bytes, packets[taken].length, 0, sockets[i].server ? (struct sockaddr *)&peer : NULL,
               sockets[i].server ? sizeof peer : 0) < 0)
      break;
    if (packets[taken].flags & TOMPION_PACKET_WANT_TX_STAMP && departed < 256) {
      departures[departed].token = packets[taken].tx_token, departures[departed].socket = number;
      departures[departed++].stamp = before;
    }
  }
  return taken;
}
static tompion_status packet_local(const tompion_host_t *host, uint32_t number, tompion_address_t *address) {
  (void)host;
  struct sockaddr_in local;
  socklen_t length = sizeof local;
  int i = find(number);
  if (i < 0 || getsockname(sockets[i].fd, (struct sockaddr *)&local, &length) < 0) return TOMPION_NOT_FOUND;
  from_kernel(&local, address);
  return TOMPION_OK;
}
static uint32_t packet_networks(const tompion_host_t *host, tompion_address_t *a, uint8_t *p, uint32_t *x, uint32_t n) {
  return (void)host, (void)a, (void)p, (void)x, (void)n, 0;
}
static uint32_t packet_interface(const tompion_host_t *host, const char *name) { return (void)host, (void)name, 0; }
static uint32_t packet_holder(const tompion_host_t *host, const tompion_address_t *a, char *text, uint32_t n) {
  return (void)host, (void)a, (void)text, (void)n, 0;
}

static const void *get_extension(const tompion_host_t *host, const char *id) {
  static const tompion_source_t source = {sizeof source, 0, source_add, source_update, source_remove};
  static const tompion_log_t log = {sizeof log, 0, log_write};
  static const tompion_event_t event = {sizeof event, 0, event_raise};
  static const tompion_clock_info_host_t clock = {sizeof clock, 0, clock_page};
  static const tompion_settings_t configuration = {sizeof configuration, 0, settings_count, settings_at, settings_refuse};
  static const tompion_timer_t timer = {sizeof timer, 0, timer_arm, timer_disarm};
  static const tompion_resolve_t resolve = {sizeof resolve, 0, resolve_start};
  static const tompion_packet_io_t packets = {sizeof packets, 0, packet_open, packet_close, packet_send, packet_local, packet_networks,
                                              packet_interface, packet_holder};
  static const struct { const char *id; const void *table; } all[] = {
      {TOMPION_SOURCE_ID, &source}, {TOMPION_LOG_ID, &log}, {TOMPION_EVENT_ID, &event}, {TOMPION_CLOCK_INFO_ID, &clock},
      {TOMPION_SETTINGS_ID, &configuration}, {TOMPION_TIMER_ID, &timer}, {TOMPION_RESOLVE_ID, &resolve}, {TOMPION_PACKET_IO_ID, &packets}};
  (void)host;
  for (size_t i = 0; i < sizeof all / sizeof all[0]; ++i)
    if (strcmp(all[i].id, id) == 0) return all[i].table;
  return NULL;
}

static const char *words(tompion_status status) {
  static const char *const all[] = {"error", "unsupported", "invalid", "wrong state", "wrong role", "no memory", "permission",
                                    "address in use", "unreachable", "not found"};
  return status >= 0 ? "not ready" : status >= -10 ? all[-status - 1] : "error";
}

static int end(int status, const char *format, ...) {
  va_list list;
  va_start(list, format);
  printf(status == 0 ? "runs: " : status == 1 ? "refused: " : "wrong: ");
  vprintf(format, list);
  putchar('\n');
  va_end(list);
  exit(status);
}

static void deliver(const tompion_packet_receiver_t *receiver, void *worker, int i) {
  uint8_t bytes[2048];
  struct sockaddr_in peer;
  socklen_t length = sizeof peer;
  ssize_t got = recvfrom(sockets[i].fd, bytes, sizeof bytes, 0, (struct sockaddr *)&peer, &length);
  if (got < 0 || !receiver) return;
  tompion_packet_t packet = {.bytes = bytes, .capacity = sizeof bytes, .length = (uint32_t)got};
  stamp_now(&packet.stamp);
  from_kernel(&peer, &packet.peer);
  receiver->receive(provider, worker, sockets[i].number, &packet, 1);
  if (packet.reply_length > packet.length) misbehaved("a reply longer than its request");
  else if (packet.reply_length) sendto(sockets[i].fd, bytes, packet.reply_length, 0, (struct sockaddr *)&peer, length);
}

static void run(int64_t until) {
  const tompion_packet_receiver_t *receiver = provider->get_extension(provider, TOMPION_PACKET_IO_ID);
  const tompion_timer_receiver_t *timer = provider->get_extension(provider, TOMPION_TIMER_ID);
  const tompion_resolve_receiver_t *resolver = provider->get_extension(provider, TOMPION_RESOLVE_ID);
  void *worker = receiver && receiver->worker_open ? receiver->worker_open(provider, 0) : NULL;
  int64_t next_poll = 0;
  tompion_status status = provider->start(provider);
  if (status != TOMPION_OK) end(1, "start answered %d, %s%s%s", status, words(status), *said ? ": " : "", said);
  for (int64_t time; (time = now_raw(NULL)) < until;) {
    struct pollfd fds[64];
    for (int i = 0; i < 64; ++i) fds[i] = (struct pollfd){.fd = sockets[i].number ? sockets[i].fd : -1, .events = POLLIN};
    poll(fds, 64, 20);
    for (int i = 0; i < 64; ++i)
      if (fds[i].revents & (POLLIN | POLLERR) && sockets[i].number) deliver(receiver, worker, i);
    time = now_raw(NULL);
    for (int i = 0; i < 256; ++i)
      if (timers[i].deadline && timers[i].deadline <= time) timers[i].deadline = 0, timer->expired(provider, timers[i].number, time);
    for (int i = 0; i < 64; ++i)
      if (lookups[i].used) {
        lookups[i].used = 0;
        int found = lookups[i].found;
        resolver->resolved(provider, lookups[i].token, found ? TOMPION_OK : TOMPION_NOT_FOUND, &lookups[i].address, found ? 1 : 0,
                           found ? "" : "this host reads numeric addresses alone");
      }
    uint32_t count = departed;
    departed = 0;
    for (uint32_t i = 0; i < count; ++i) {
      tompion_transmitted_t one = {.tx_token = departures[i].token, .socket = departures[i].socket, .stamp = departures[i].stamp};
      if (receiver && receiver->transmitted) receiver->transmitted(provider, &one, 1);
    }
    if (polled && time >= next_poll) next_poll = time + 1000000000, provider->poll(provider, time);
  }
  provider->stop(provider);
  if (receiver && receiver->worker_close) receiver->worker_close(provider, worker);
}

int main(int argc, char **argv) {
  if (argc < 3) end(2, "host FILE.so SECONDS [PATH=VALUE]...");
  for (int i = 3; i < argc && setting_count < 32; ++i) {
    char *value = strchr(argv[i], '=');
    if (!value) end(2, "%s is no PATH=VALUE", argv[i]);
    *value = 0;
    settings[setting_count].path = argv[i], settings[setting_count++].value = value + 1;
  }
  void *image = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!image) end(1, "the dynamic linker says: %s", dlerror());
  void *symbol = dlsym(image, TOMPION_MODULE_SYMBOL);
  if (!symbol) end(1, "it exports no " TOMPION_MODULE_SYMBOL ": it is no plugin of major version 1");
  tompion_module_function function;
  memcpy(&function, &symbol, sizeof function);
  const tompion_module_t *module = function();
  if (!module || module->size < sizeof *module) end(1, "its module struct is shorter than the first release's");
  if (module->abi_major != TOMPION_ABI_MAJOR) end(1, "it is of major version %u, this host of 1", module->abi_major);
  const tompion_descriptor_t *descriptor = module->descriptor(0);
  if (!descriptor || descriptor->size < sizeof *descriptor) end(1, "its descriptor is shorter than the first release's");
  tompion_clock_info_t info = {.size = sizeof info, .stratum = 1, .raw_ns = now_raw(NULL), .reference_ns = clock_ns(CLOCK_REALTIME), .precision = -20, .synchronized = 1};
  memcpy(page.words, &info, sizeof info);
  static tompion_host_t host = {sizeof host, 1, 0, NULL, "host-1.0", "1.0", publish, now_raw, now, fill_random, request_poll, get_extension};
  provider = module->open(descriptor->id, &host);
  if (!provider) end(1, "%s: open made no provider", descriptor->name);
  tompion_status status = provider->init(provider);
  if (status != TOMPION_OK) {
    provider->close(provider);
    end(1, "%s: init answered %d, %s%s%s", descriptor->name, status, words(status), *said ? ": " : "", said);
  }
  run(now_raw(NULL) + (int64_t)(atof(argv[2]) * 1e9));
  tompion_command_t shutdown = {.size = sizeof shutdown, .kind = TOMPION_COMMAND_SHUTDOWN};
  provider->command(provider, &shutdown);
  const char *name = descriptor->name, *version = descriptor->version;
  provider->close(provider);
  if (bad) end(2, "%s: %lu times: %s", name, bad, said);
  return end(0, "%s %s: %lu samples, %lu sources", name, version, samples, sources);
}
