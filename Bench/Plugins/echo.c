// SPDX-License-Identifier: Apache-2.0
// A provider that makes one sample of each packet: its moment is the packet's stamp. For Bench's placement entries.
#include <CTompionProvider.h>
#include <string.h>

static const tompion_host_t *host;
static uint32_t source, sock, sequence;
static const tompion_descriptor_t about = {sizeof about, TOMPION_CAPABILITY_INPUT, "org.tompion.echo", "echo", "Tompion", "1", "a sample a packet"};

static tompion_status init(const tompion_provider_t *p) {
  (void)p;
  const tompion_settings_t *settings = host->get_extension(host, TOMPION_SETTINGS_ID);
  const tompion_source_t *sources = host->get_extension(host, TOMPION_SOURCE_ID);
  const tompion_packet_io_t *packets = host->get_extension(host, TOMPION_PACKET_IO_ID);
  tompion_setting_t port;
  if (settings->at(host, 0, &port) != TOMPION_OK) return TOMPION_INVALID;
  tompion_source_info_t info = {.size = sizeof info, .name = "echo", .stratum = 1};
  tompion_socket_options_t options = {.size = sizeof options, .flags = TOMPION_SOCKET_SERVER | TOMPION_SOCKET_RX_STAMPS};
  options.local.family = TOMPION_FAMILY_IPV4;
  options.local.bytes[0] = 127;
  options.local.bytes[3] = 1;
  options.local.port = (uint16_t)port.integer;
  tompion_status status = sources->add(host, &info, &source);
  return status != TOMPION_OK ? status : packets->open(host, &options, &sock);
}
static tompion_status start(const tompion_provider_t *p) { return (void)p, TOMPION_OK; }
static void nothing(const tompion_provider_t *p) { (void)p; }
static tompion_status command(const tompion_provider_t *p, const tompion_command_t *c) { return (void)p, (void)c, TOMPION_UNSUPPORTED; }

static void receive(const tompion_provider_t *p, void *worker, uint32_t socket, tompion_packet_t *packets, uint32_t count) {
  (void)p, (void)worker, (void)socket;
  for (uint32_t i = 0; i < count; ++i) {
    const tompion_stamp_t *stamp = &packets[i].stamp;
    tompion_sample_t s = {.size = sizeof s, .source = source, .sequence = ++sequence, .flags = TOMPION_SAMPLE_REPLY,
                          .local_ns = stamp->nanoseconds, .reference_ns = stamp->nanoseconds, .raw_ns = stamp->raw_nanoseconds,
                          .delay_ns = 20000, .dispersion_ns = 1000, .asymmetry_bound_ns = UINT64_MAX, .era = stamp->era,
                          .stratum = 1, .rx_kind = stamp->kind, .tx_kind = stamp->kind};
    host->publish(host, &s, 1);
  }
}
static const tompion_packet_receiver_t receiver = {.size = sizeof receiver, .receive = receive};
static const void *extension(const tompion_provider_t *p, const char *id) { return (void)p, strcmp(id, TOMPION_PACKET_IO_ID) ? NULL : &receiver; }
static const tompion_provider_t provider = {sizeof provider, 0, NULL, &about, init, start, nothing, nothing, command, NULL, extension};
static const tompion_provider_t *make(const char *id, const tompion_host_t *h) { return (void)id, host = h, &provider; }
static const tompion_descriptor_t *describe(uint32_t i) { return i ? NULL : &about; }
const tompion_module_t *tompion_module_v1(void) {
  static const tompion_module_t module = {sizeof module, TOMPION_ABI_MAJOR, 0, 1, 0, describe, make};
  return &module;
}
