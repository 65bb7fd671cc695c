// SPDX-License-Identifier: Apache-2.0
// Datagrams with time stamps: batches in preallocated slots, control messages parsed within their bounds.
#ifndef CLINUX_DATAGRAM_H
#define CLINUX_DATAGRAM_H

#include "base.h"

// An IPv4 or IPv6 address: 16 bytes in network order as they lie in memory (IPv4 in the first four), as two words.
typedef struct clinux_address {
  uint64_t high;
  uint64_t low;
  uint32_t scope;
  uint16_t port;    // host byte order
  uint8_t family;   // 0, 4 or 6
  uint8_t reserved;
} clinux_address_t;

#define CLINUX_DATAGRAM_TRUNCATED (1u << 0)          // longer than the slot
#define CLINUX_DATAGRAM_CONTROL_TRUNCATED (1u << 1)  // MSG_CTRUNC: control messages were lost
#define CLINUX_DATAGRAM_SOFTWARE (1u << 2)           // software_ns is a kernel stamp (CLOCK_REALTIME)
#define CLINUX_DATAGRAM_HARDWARE (1u << 3)           // hardware_ns is a stamp of the card's clock
#define CLINUX_DATAGRAM_STAMP_ID (1u << 4)           // transmit_id says which packet the error queue speaks of
#define CLINUX_DATAGRAM_ERROR (1u << 5)              // error, origin, type, code are from an ICMP (or local) error
#define CLINUX_DATAGRAM_WANT_STAMP (1u << 6)         // sending: ask for a TX stamp by control message
#define CLINUX_DATAGRAM_MALFORMED (1u << 7)          // a control message contradicted itself and was ignored
#define CLINUX_DATAGRAM_WANT_HARDWARE (1u << 8)      // sending: ask the card for a TX stamp as well

typedef struct clinux_datagram {
  uint32_t capacity;
  uint32_t length;           // what was received
  uint32_t send_length;      // what is to be sent; 0 = nothing
  uint32_t flags;
  uint32_t interface_index;  // 0 = not known
  uint32_t transmit_id;
  uint32_t hardware_interface;  // the card that stamped (SCM_TIMESTAMPING_PKTINFO), 0 = not told
  uint32_t frame_length;        // of the frame that it stamped, without the check sequence; 0 = not told
  int64_t software_ns;
  int64_t hardware_ns;
  int32_t error;             // errno: of sending this slot, or reported by the error queue
  uint8_t error_origin;
  uint8_t error_type;
  uint8_t error_code;
  uint8_t stamp_type;        // SCM_TSTAMP_SND 0, SCHED 1, ACK 2
  uint64_t token;            // the user's
  clinux_address_t peer;
  clinux_address_t local;
} clinux_datagram_t;

typedef struct clinux_batch clinux_batch_t;

// Memory for `slots` datagrams of `capacity` bytes, zeroed; NULL if there is none.
clinux_batch_t *clinux_batch_create(uint32_t slots, uint32_t capacity);
void clinux_batch_destroy(clinux_batch_t *batch);
clinux_datagram_t *clinux_batch_slot(clinux_batch_t *batch, uint32_t index);
uint8_t *clinux_batch_bytes(clinux_batch_t *batch, uint32_t index);
// How far one slot's bytes are from the next one's; slots themselves lie one behind the other.
uint32_t clinux_batch_stride(const clinux_batch_t *batch);

// Receives up to `count` datagrams into slots 0...; 0 = nothing there now. With `plain`, one recvmsg(2) for one datagram.
int32_t clinux_batch_receive(clinux_batch_t *batch, int32_t fd, uint32_t count, int32_t plain);
// Sends each of the first `count` slots that has a send_length; `error` of a slot tells how that went (0 = sent).
// Returns how many were sent. With `plain`, one sendmsg(2) each and no stamp request by control message.
int32_t clinux_batch_send(clinux_batch_t *batch, int32_t fd, uint32_t count, int32_t plain);
// Takes one message off the error queue into slot 0: 1 = there was one, 0 = none.
int32_t clinux_error_receive(clinux_batch_t *batch, int32_t fd);
// Reads the control messages in `control` as recvmsg would have delivered them (for tests of hostile and cut-off data).
void clinux_control_parse(const void *control, size_t length, clinux_datagram_t *slot);
// Appends one control message of `level`, `type` with `length` bytes of `data`, announcing `announced` bytes; returns the new end.
size_t clinux_control_append(void *control, size_t capacity, size_t end, int32_t level, int32_t type, const void *data,
                             size_t length, size_t announced);

// Sockets. `device` may be "" .
int32_t clinux_udp_open(int32_t family);
int32_t clinux_udp_bind(int32_t fd, const clinux_address_t *address);
int32_t clinux_udp_connect(int32_t fd, const clinux_address_t *address);
int32_t clinux_udp_local(int32_t fd, clinux_address_t *address);
int32_t clinux_udp_ipv6_only(int32_t fd);
int32_t clinux_udp_packet_info(int32_t fd, int32_t family);
int32_t clinux_udp_report_errors(int32_t fd, int32_t family);
int32_t clinux_udp_dont_fragment(int32_t fd, int32_t family);
int32_t clinux_udp_reuse_port(int32_t fd);
int32_t clinux_udp_to_device(int32_t fd, const char *device);
// SO_BUSY_POLL and SO_PREFER_BUSY_POLL: calls that wait ask the card's queue themselves for so long, where its driver can.
int32_t clinux_udp_busy_poll(int32_t fd, int32_t microseconds);
int32_t clinux_udp_receive_buffer(int32_t fd, int32_t bytes);
// SO_TIMESTAMPNS: the kernel's RX stamp alone, a third of what SO_TIMESTAMPING copies with each packet.
int32_t clinux_udp_brief_stamps(int32_t fd, int32_t on);
// SO_TIMESTAMPING with SOF_TIMESTAMPING_* flags.
int32_t clinux_udp_timestamping(int32_t fd, uint32_t flags);
// The pending error of a socket (SO_ERROR), cleared by reading.
int32_t clinux_socket_error(int32_t fd);

extern const uint32_t clinux_sof_tx_software, clinux_sof_tx_hardware, clinux_sof_rx_software, clinux_sof_rx_hardware,
    clinux_sof_software, clinux_sof_raw_hardware, clinux_sof_opt_id, clinux_sof_opt_tsonly, clinux_sof_opt_cmsg,
    clinux_sof_opt_tx_swhw, clinux_sof_opt_pktinfo, clinux_sof_opt_rx_filter;
extern const uint8_t clinux_origin_local, clinux_origin_icmp, clinux_origin_icmp6, clinux_origin_timestamping;

#endif
