// SPDX-License-Identifier: Apache-2.0
// packet-io/1: datagrams with time stamps, in batches. The host owns sockets and kernel; the provider sees bytes and stamps.
#ifndef TOMPION_EXT_PACKET_IO_H
#define TOMPION_EXT_PACKET_IO_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_PACKET_IO_ID "tompion.packet-io/1"

#define TOMPION_FAMILY_NONE 0
#define TOMPION_FAMILY_IPV4 4
#define TOMPION_FAMILY_IPV6 6

typedef struct tompion_address {
  uint8_t bytes[16];     // network order; IPv4 in the first four
  uint32_t scope;        // IPv6 scope id (interface index), else 0
  uint16_t port;         // host byte order
  uint8_t family;        // TOMPION_FAMILY_*
  uint8_t reserved;      // 0
} tompion_address_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_address_t) == 24, "address layout is frozen");

// Flags of a packet.
#define TOMPION_PACKET_WANT_TX_STAMP (1u << 0)  // provider: report the departure by `transmitted`, with tx_token
#define TOMPION_PACKET_TRUNCATED (1u << 1)      // host: the datagram was longer than capacity

// One slot of a batch. The host owns `bytes` (writable, `capacity` long) during the call.
typedef struct tompion_packet {
  uint8_t *bytes;
  uint32_t capacity;
  uint32_t length;           // receive: bytes that came; send: bytes to send
  uint32_t reply_length;     // provider: > 0 = send back that many of `bytes`, in place; never more than `length`
  uint32_t flags;            // TOMPION_PACKET_*
  uint64_t tx_token;         // provider's, returned with the TX stamp
  tompion_address_t peer;    // who sent it, or where to (connected sockets: may stay empty)
  tompion_address_t local;   // the address that was asked; replies leave from it
  uint32_t interface_index;  // where it came in, 0 = unknown
  uint32_t reserved[3];      // 0
  tompion_stamp_t stamp;     // RX stamp
} tompion_packet_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_packet_t) == 128, "packet layout is frozen");

typedef struct tompion_transmitted {
  uint64_t tx_token;
  uint32_t socket;
  uint32_t reserved;         // 0
  tompion_stamp_t stamp;     // kind NONE: it left, but no stamp came in time
} tompion_transmitted_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_transmitted_t) == 48, "transmitted layout is frozen");

#define TOMPION_SOCKET_SERVER (1u << 0)     // bind to `local`, many peers; else: a client's socket, connected to `peer`
#define TOMPION_SOCKET_RX_STAMPS (1u << 1)
#define TOMPION_SOCKET_TX_STAMPS (1u << 2)
#define TOMPION_SOCKET_DONT_FRAGMENT (1u << 3)
// A server's socket bound to one address: `local` and `interface_index` of its packets may stay empty, which saves the kernel work.
#define TOMPION_SOCKET_PLAIN (1u << 4)

typedef struct tompion_socket_options {
  uint32_t size;
  uint32_t flags;                // TOMPION_SOCKET_*
  tompion_address_t local;       // family NONE: any; port 0: a random one
  tompion_address_t peer;
  char interface_name[16];       // "" = any
  uint32_t receive_capacity;     // longest datagram wanted; 0 = 1500
  // A server's socket of a MANY_WORKERS provider: on how many workers to receive (SO_REUSEPORT spreads the clients over them); 0 and 1
  // = the first alone. A host that cannot have so many has fewer. Was `reserved`, 0, before.
  uint32_t workers;
} tompion_socket_options_t;

TOMPION_STATIC_ASSERT(sizeof(tompion_socket_options_t) == 80, "socket options layout is frozen");

// Host side. With several workers, sockets are the owner's thread's, which is the first worker's: on the thread of another one open
// returns TOMPION_WRONG_ROLE, send 0, close does nothing, and each is counted. What such a worker sends are replies in place.
typedef struct tompion_packet_io {
  uint32_t size;
  uint32_t reserved;  // 0
  // Opens a socket; its handle (never 0, never used again) goes into *socket. TOMPION_ADDRESS_IN_USE, TOMPION_PERMISSION,
  // TOMPION_UNREACHABLE as they say. [control or capture & inited]
  tompion_status (*open)(const tompion_host_t *host, const tompion_socket_options_t *options, uint32_t *socket);
  // Closes it; nothing is delivered for it afterwards. [control or capture & inited]
  void (*close)(const tompion_host_t *host, uint32_t socket);
  // Queues packets, copied. Returns how many were taken; the rest failed (the queue is full or the kernel refused).
  // [capture & started]
  uint32_t (*send)(const tompion_host_t *host, uint32_t socket, const tompion_packet_t *packets, uint32_t count);
  // The address a socket is bound to. [any]
  tompion_status (*local_address)(const tompion_host_t *host, uint32_t socket, tompion_address_t *address);
  // Interfaces' own prefixes, for access lists ("local-networks"): fills up to `capacity`, returns how many there are.
  // prefix_lengths and interface_indices are parallel arrays; either may be NULL. [control & inited]
  uint32_t (*local_networks)(const tompion_host_t *host, tompion_address_t *addresses, uint8_t *prefix_lengths,
                             uint32_t *interface_indices, uint32_t capacity);
  // Index of an interface by name, 0 = there is none. [control & inited]
  uint32_t (*interface_index)(const tompion_host_t *host, const char *name);
  // Says who holds a busy UDP port ("chronyd, pid 812"), as far as /proc tells; returns the length, cut to capacity.
  // [control & inited]
  uint32_t (*port_holder)(const tompion_host_t *host, const tompion_address_t *address, char *text, uint32_t capacity);
} tompion_packet_io_t;

// Provider side, from provider->get_extension.
typedef struct tompion_packet_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // Makes a worker's own state, handed to its `receive`; may be NULL, then worker is NULL too. Index 0 is made before start, others
  // once a socket wants them. [control & inited]
  void *(*worker_open)(const tompion_provider_t *provider, uint32_t index);
  void (*worker_close)(const tompion_provider_t *provider, void *worker);  // frees it. [control & inited]
  // A batch came on a socket. Replies are made in place by reply_length. [capture & started]
  void (*receive)(const tompion_provider_t *provider, void *worker, uint32_t socket, tompion_packet_t *packets,
                  uint32_t count);
  // Packets that asked for it have left; with several workers, on the thread of the one that sent them (keep its index in tx_token, and
  // `failed` likewise). NULL if never asked. [capture & started]
  void (*transmitted)(const tompion_provider_t *provider, const tompion_transmitted_t *transmitted, uint32_t count);
  // The kernel reported an error for the socket (ICMP): TOMPION_UNREACHABLE and the like. May be NULL. [capture & started]
  void (*failed)(const tompion_provider_t *provider, uint32_t socket, tompion_status status);
} tompion_packet_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
