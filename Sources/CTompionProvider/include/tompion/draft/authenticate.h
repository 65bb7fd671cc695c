// SPDX-License-Identifier: Apache-2.0
// DRAFT authenticate/1: symmetric keys, MS-SNTP, NTS as providers of their own, used by NTP client and server alike, so that a new
// scheme never edits an NTP provider. Reviewed on paper against NTS and ntp_signd in Docs/abi.md; no host implements it yet.
#ifndef TOMPION_DRAFT_AUTHENTICATE_H
#define TOMPION_DRAFT_AUTHENTICATE_H

#include "../ext/packet-io.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_AUTHENTICATE_ID "tompion.authenticate/1-draft"

#define TOMPION_AUTHENTICATE_CLIENT 1  // protects requests, unprotects replies
#define TOMPION_AUTHENTICATE_SERVER 2  // unprotects requests, protects replies

// What protect or unprotect decided of one packet.
#define TOMPION_VERDICT_OK 0       // `length` is the packet's new length
#define TOMPION_VERDICT_REFUSE 1   // drop it; `reason` says why
#define TOMPION_VERDICT_PENDING 2  // somebody else decides (a signing daemon, a key exchange): `decided` comes with `token`
#define TOMPION_VERDICT_NONE 3     // the packet carries nothing of this scheme: ask the next authenticator, or treat as plain

#define TOMPION_REFUSE_UNKNOWN_KEY 1
#define TOMPION_REFUSE_BAD_CODE 2      // the code or tag is wrong
#define TOMPION_REFUSE_MALFORMED 3
#define TOMPION_REFUSE_STALE 4         // cookie or key too old: the server may answer with a negative acknowledgement
#define TOMPION_REFUSE_NO_ROOM 5       // would grow beyond `limit`
#define TOMPION_REFUSE_NOT_ALLOWED 6   // this peer may not use this key

typedef struct tompion_protection {
  uint8_t *bytes;      // caller's, `capacity` long; changed in place
  uint32_t capacity;
  uint32_t length;     // in: the packet as it is; out: as it is now
  uint32_t limit;      // it must not grow beyond (a server: the request's length, so that no reply is longer)
  uint32_t verdict;    // out: TOMPION_VERDICT_*
  uint32_t reason;     // out: TOMPION_REFUSE_*
  uint32_t key;        // out: which key, for people; 0 = not known
  uint64_t token;      // in: the caller's; comes back with `decided`
  uint64_t request;    // server: in unprotect out, in protect in: ties a reply to its request's keys. 0 = none
  tompion_address_t peer;
} tompion_protection_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_protection_t) == 72, "protection layout is frozen");

typedef struct tompion_association_options {
  uint32_t size;
  uint32_t mode;               // TOMPION_AUTHENTICATE_CLIENT or _SERVER
  const char *name;            // client: the server as configured (NTS: the key exchange's host); server: ""
  const char *key;             // what the operator wrote: a key number, an NTS profile, a machine account; "" = default
  uint32_t source;             // client: from source/1, for events; server: 0
  uint32_t reserved;           // 0
} tompion_association_options_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_association_options_t) == 32, "options layout is frozen");

// Caller's side, given at open: what the authenticator answers later. Called on the caller's [capture] role through the host.
typedef struct tompion_authenticate_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // A pending packet is decided; `protection` is as it would have been returned. [capture & started]
  void (*decided)(const tompion_provider_t *caller, uint32_t association, const tompion_protection_t *protection);
  // Client: the association may be used from now on (keys are there), or not (status < 0, `text` says why). Its peer may have
  // been changed by the key exchange (NTS: server and port negotiation): family NONE = as configured. [capture & started]
  void (*ready)(const tompion_provider_t *caller, uint32_t association, tompion_status status,
                const tompion_address_t *peer, const char *text);
} tompion_authenticate_receiver_t;

// Host side, as the NTP provider sees it; the host hands calls to the authenticator's table of the same shape.
typedef struct tompion_authenticate {
  uint32_t size;
  uint32_t reserved;  // 0
  // Opens an association with the scheme of that id ("symmetric", "nts", "ms-sntp"); never blocks: TOMPION_OK, then `ready`.
  // Options are copied. [control or capture & inited]
  tompion_status (*open)(const tompion_host_t *host, const char *scheme, const tompion_association_options_t *options,
                         uint32_t *association);
  // Keys are wiped; nothing is delivered for it afterwards. [control or capture & inited]
  void (*close)(const tompion_host_t *host, uint32_t association);
  // How many bytes protect adds at most, so that buffers and padding can be planned. [any]
  uint32_t (*growth)(const tompion_host_t *host, uint32_t association);
  // Adds what proves the packet, after everything else is in it. Each packet gets a verdict of its own; returns how many are
  // not PENDING. Bytes are the caller's; of a PENDING packet a copy is taken. [capture & started]
  uint32_t (*protect)(const tompion_host_t *host, uint32_t association, tompion_protection_t *packets, uint32_t count);
  // Checks and strips it: `length` is that of the plain packet. [capture & started]
  uint32_t (*unprotect)(const tompion_host_t *host, uint32_t association, tompion_protection_t *packets, uint32_t count);
} tompion_authenticate_t;

#ifdef __cplusplus
}
#endif
#endif
