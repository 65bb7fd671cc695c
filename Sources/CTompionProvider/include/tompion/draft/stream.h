// SPDX-License-Identifier: Apache-2.0
// DRAFT stream/1: byte streams (TCP, Unix) that the host owns: NTS key exchange, ntp_signd, gpsd. Reviewed on paper in Docs/abi.md;
// no host implements it yet.
#ifndef TOMPION_DRAFT_STREAM_H
#define TOMPION_DRAFT_STREAM_H

#include "../ext/packet-io.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_STREAM_ID "tompion.stream/1-draft"

#define TOMPION_STREAM_LISTEN (1u << 0)  // wait for connections; each is told by `accepted`
#define TOMPION_STREAM_UNIX (1u << 1)    // `path` instead of addresses

typedef struct tompion_stream_options {
  uint32_t size;
  uint32_t flags;               // TOMPION_STREAM_*
  tompion_address_t local;      // family NONE: any
  tompion_address_t peer;
  const char *path;             // TOMPION_STREAM_UNIX: an absolute path, "" else; the host may forbid it (PERMISSION)
  uint32_t connect_timeout_ms;  // 0 = the host's default (10 s)
  uint32_t reserved;            // 0
} tompion_stream_options_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_stream_options_t) == 72, "options layout is frozen");

// Host side.
typedef struct tompion_stream {
  uint32_t size;
  uint32_t reserved;  // 0
  // Begins to connect or listen; the handle (never 0, never used again) goes into *stream at once, and `opened` tells how it
  // ended, never from inside this call. [control or capture & inited]
  tompion_status (*open)(const tompion_host_t *host, const tompion_stream_options_t *options, uint32_t *stream);
  // Queued bytes are still sent unless `abort` is 1; nothing is delivered for it afterwards. [control or capture & inited]
  void (*close)(const tompion_host_t *host, uint32_t stream, uint32_t abort);
  // Queues bytes, copied; returns how many were taken: fewer = full, `writable` comes when there is room. [capture & started]
  uint32_t (*send)(const tompion_host_t *host, uint32_t stream, const uint8_t *bytes, uint32_t count);
  // The other end of a Unix stream: SO_PEERCRED. [capture & started]
  tompion_status (*peer_credentials)(const tompion_host_t *host, uint32_t stream, uint32_t *pid, uint32_t *uid,
                                     uint32_t *gid);
} tompion_stream_t;

// Provider side.
typedef struct tompion_stream_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  void (*opened)(const tompion_provider_t *provider, uint32_t stream, tompion_status status);  // [capture & started]
  // A listener has a new stream, which is open. [capture & started]
  void (*accepted)(const tompion_provider_t *provider, uint32_t listener, uint32_t stream,
                   const tompion_address_t *peer);
  // Bytes came; all of them are the provider's to use during the call. Count 0: the other side has ended its direction.
  // [capture & started]
  void (*received)(const tompion_provider_t *provider, uint32_t stream, const uint8_t *bytes, uint32_t count);
  void (*writable)(const tompion_provider_t *provider, uint32_t stream);  // may be NULL. [capture & started]
  // The stream is dead; close it. [capture & started]
  void (*failed)(const tompion_provider_t *provider, uint32_t stream, tompion_status status);
} tompion_stream_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
