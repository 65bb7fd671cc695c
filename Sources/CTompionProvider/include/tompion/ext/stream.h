// SPDX-License-Identifier: Apache-2.0
// stream/1: connections (TCP, Unix) and Unix datagram sockets that the host owns: NTS key exchange, ntp_signd, gpsd, SOCK clocks.
#ifndef TOMPION_EXT_STREAM_H
#define TOMPION_EXT_STREAM_H

#include "packet-io.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_STREAM_ID "tompion.stream/1"

// Flags of a stream; a host that does not know one returns TOMPION_UNSUPPORTED.
#define TOMPION_STREAM_LISTEN (1u << 0)  // wait for connections; each is told by `accepted`
#define TOMPION_STREAM_UNIX (1u << 1)    // `path` instead of addresses
// With UNIX: datagrams, each sent and received whole. With LISTEN a socket bound to `path` that anybody may send to who may write that
// file (a SOCK reference clock's server); without, a socket that sends to `path`. There is no peer to answer.
#define TOMPION_STREAM_DATAGRAM (1u << 2)

typedef struct tompion_stream_options {
  uint32_t size;
  uint32_t flags;               // TOMPION_STREAM_*
  // An address that one of the provider's settings has, or that `resolve` found for a name in them; else PERMISSION. `local` may be of
  // family NONE where it connects: any.
  tompion_address_t local;
  tompion_address_t peer;
  const char *path;             // with UNIX: absolute, as one of the provider's settings has it, or PERMISSION; "" else
  uint32_t connect_timeout_ms;  // 0 = 10 s
  uint32_t mode;                // LISTEN and UNIX: permission bits of the socket's file, 0 = 0600
} tompion_stream_options_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_stream_options_t) == 72, "options layout is frozen");

// Host side. All of it is the owner's thread's, as packet-io's sockets are: TOMPION_WRONG_ROLE, 0 or nothing elsewhere.
typedef struct tompion_stream {
  uint32_t size;
  uint32_t reserved;  // 0
  // Begins to connect or listen; the handle (never 0, never used again) goes into *stream at once, and `opened` tells how it
  // ended, never from inside this call. What is known at once is said at once: PERMISSION, ADDRESS_IN_USE, NOT_FOUND (no such socket
  // file), INVALID (what is there is no socket, or to send datagrams to: a symbolic link), UNREACHABLE, AGAIN (64 streams are open).
  // [control or capture & inited]
  tompion_status (*open)(const tompion_host_t *host, const tompion_stream_options_t *options, uint32_t *stream);
  // What `send` took is still sent unless `abort` is 1 (TCP: a reset); nothing is delivered for it afterwards.
  // [control or capture & inited]
  void (*close)(const tompion_host_t *host, uint32_t stream, uint32_t abort);
  // Hands bytes over, copied; returns how many were taken: fewer = full, `writable` comes once when there is room. A datagram is taken
  // whole or not at all. Nothing before `opened`. [capture & started]
  uint32_t (*send)(const tompion_host_t *host, uint32_t stream, const uint8_t *bytes, uint32_t count);
  // Ends this direction once what was taken is sent; the other one goes on. TOMPION_UNSUPPORTED for listeners and datagrams.
  // [capture & started]
  tompion_status (*end)(const tompion_host_t *host, uint32_t stream);
  // The other end of a Unix stream as it was when it connected: SO_PEERCRED. TOMPION_UNSUPPORTED for others. [capture & started]
  tompion_status (*peer_credentials)(const tompion_host_t *host, uint32_t stream, uint32_t *pid, uint32_t *uid,
                                     uint32_t *gid);
  // The address that a TCP stream or listener is bound to. [control or capture & inited]
  tompion_status (*local_address)(const tompion_host_t *host, uint32_t stream, tompion_address_t *address);
} tompion_stream_t;

// Provider side.
typedef struct tompion_stream_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // It is connected, or listens: TOMPION_OK; else it is dead, and closed by the host. [capture & started]
  void (*opened)(const tompion_provider_t *provider, uint32_t stream, tompion_status status);
  // A listener has a new stream, which is open. Without room for it (64 streams) connections wait. NULL if it never listens.
  // [capture & started]
  void (*accepted)(const tompion_provider_t *provider, uint32_t listener, uint32_t stream,
                   const tompion_address_t *peer);
  // Bytes came, at most 16384, or one datagram (a longer or empty one is dropped); they are the provider's to use during the call.
  // Count 0: the other side has ended its direction. [capture & started]
  void (*received)(const tompion_provider_t *provider, uint32_t stream, const uint8_t *bytes, uint32_t count);
  // There is room again after a `send` that took too few. May be NULL. [capture & started]
  void (*writable)(const tompion_provider_t *provider, uint32_t stream);
  // The stream broke, and is closed by the host. [capture & started]
  void (*failed)(const tompion_provider_t *provider, uint32_t stream, tompion_status status);
} tompion_stream_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
