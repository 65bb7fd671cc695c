// SPDX-License-Identifier: Apache-2.0
// authenticate/1 and authenticator/1: symmetric keys, MS-SNTP, NTS as providers of their own, used by NTP client and server alike, so
// that a new scheme never edits an NTP provider. A caller (an NTP provider) uses the one, an authenticator offers the other; the host
// hands on between them, in one process, and lets neither see the other's memory but the packet's bytes.
#ifndef TOMPION_EXT_AUTHENTICATE_H
#define TOMPION_EXT_AUTHENTICATE_H

#include "packet-io.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_AUTHENTICATE_ID "tompion.authenticate/1"
#define TOMPION_AUTHENTICATOR_ID "tompion.authenticator/1"

#define TOMPION_AUTHENTICATE_CLIENT 1  // protects requests, unprotects replies
#define TOMPION_AUTHENTICATE_SERVER 2  // unprotects requests, protects replies

// What protect or unprotect decided of one packet. What an authenticator says that is none of these, or contradicts itself, is REFUSE.
#define TOMPION_VERDICT_OK 0       // `length` is the packet's new length
#define TOMPION_VERDICT_REFUSE 1   // drop it; `reason` says why
#define TOMPION_VERDICT_PENDING 2  // somebody else decides (a signing daemon, a key exchange): `decided` comes with `token`
#define TOMPION_VERDICT_NONE 3     // the packet carries nothing of this scheme: ask the next authenticator, or treat as plain

#define TOMPION_REFUSE_UNKNOWN_KEY 1
#define TOMPION_REFUSE_BAD_CODE 2      // the code or tag is wrong
#define TOMPION_REFUSE_MALFORMED 3
#define TOMPION_REFUSE_STALE 4         // cookie or key too old: the server may answer with a negative acknowledgement
#define TOMPION_REFUSE_NO_ROOM 5       // would grow beyond `limit`, or too much is pending
#define TOMPION_REFUSE_NOT_ALLOWED 6   // this peer may not use this key
#define TOMPION_REFUSE_UNAVAILABLE 7   // by the host: no such association, or its authenticator does not run, or not on this thread
#define TOMPION_REFUSE_FAULT 8         // by the host: the authenticator's answer makes no sense

typedef struct tompion_protection {
  uint8_t *bytes;      // caller's, `capacity` long; changed in place
  uint32_t capacity;
  uint32_t length;     // in: the packet as it is; out: as it is now
  uint32_t limit;      // it must not grow beyond (a server: the request's length, so that no reply is longer); at most capacity
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

// Caller: host side.
typedef struct tompion_authenticate {
  uint32_t size;
  uint32_t reserved;  // 0
  // Opens an association with the scheme of that name ("symmetric", "nts", "ms-sntp"); its number (never 0, never used again) goes into
  // *association. TOMPION_OK: it may be used at once; TOMPION_AGAIN: from `ready` on. NOT_FOUND: no provider in this process offers the
  // scheme (the log says so; one in another process cannot be used); UNSUPPORTED: this provider is an authenticator itself; NO_MEMORY: 256
  // are open in this process; else what the authenticator says. Options are copied. Not in init: its authenticator may come after it.
  // On the owner's thread, as packet-io's open. [control or capture & started]
  tompion_status (*open)(const tompion_host_t *host, const char *scheme, const tompion_association_options_t *options,
                         uint32_t *association);
  // Keys are wiped; nothing is delivered for it afterwards. On the owner's thread. [control or capture & inited]
  void (*close)(const tompion_host_t *host, uint32_t association);
  // How many bytes protect adds at most, so that buffers and padding can be planned; 0 = not known (no keys yet). [any]
  uint32_t (*growth)(const tompion_host_t *host, uint32_t association);
  // Adds what proves the packet, after everything else is in it. Each packet gets a verdict of its own; returns how many are
  // not PENDING. Bytes are the caller's; of a PENDING packet a copy is taken. On a worker's thread (packet-io) if the authenticator has
  // MANY_WORKERS, else REFUSE with UNAVAILABLE there. [capture & started]
  uint32_t (*protect)(const tompion_host_t *host, uint32_t association, tompion_protection_t *packets, uint32_t count);
  // Checks and strips it: `length` is that of the plain packet. Threads as protect's. [capture & started]
  uint32_t (*unprotect)(const tompion_host_t *host, uint32_t association, tompion_protection_t *packets, uint32_t count);
} tompion_authenticate_t;

// Caller: provider side, by TOMPION_AUTHENTICATE_ID. What the authenticator says later; on the owner's thread, never from inside a call
// of the table above.
typedef struct tompion_authenticate_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // A pending packet is decided; `protection` is as it would have been returned, its bytes a copy for the time of the call.
  // NULL = no scheme that leaves packets pending can be used. [capture & started]
  void (*decided)(const tompion_provider_t *caller, uint32_t association, const tompion_protection_t *protection);
  // The association may be used from now on (keys are there), or not (status < 0, `text` says why; UNREACHABLE: its authenticator is
  // gone, and so is the association). It may come again: keys were lost, and are there again. Its peer may have been changed by the
  // key exchange (NTS: server and port negotiation): family NONE = as configured. NULL = not told. [capture & started]
  void (*ready)(const tompion_provider_t *caller, uint32_t association, tompion_status status,
                const tompion_address_t *peer, const char *text);
} tompion_authenticate_receiver_t;

// Authenticator: host side, by TOMPION_AUTHENTICATOR_ID.
typedef struct tompion_authenticator_host {
  uint32_t size;
  uint32_t reserved;  // 0
  // Tells the caller of an association of this authenticator's, as in tompion_authenticate_receiver. WRONG_STATE (counted): from inside
  // open, close, protect or unprotect; NOT_FOUND: it is closed, and the packet, if any, is to be forgotten; INVALID: the protection
  // makes no sense. On the owner's thread. The caller may call protect and the like from inside: say it last. [capture & started]
  tompion_status (*decided)(const tompion_host_t *host, uint32_t association, const tompion_protection_t *protection);
  // The same of an association. [capture & started]
  tompion_status (*ready)(const tompion_host_t *host, uint32_t association, tompion_status status,
                          const tompion_address_t *peer, const char *text);
} tompion_authenticator_host_t;

// Authenticator: provider side, by TOMPION_AUTHENTICATOR_ID. An authenticator opens no associations itself. One with MANY_WORKERS may be
// called by protect, unprotect and growth on several threads at once, whatever other call is under way in it.
typedef struct tompion_authenticator {
  uint32_t size;
  uint32_t reserved;    // 0
  const char *scheme;   // at most 32 bytes; the first provider that offers a scheme has it. Lives as long as the process
  // A caller opens an association of that number. TOMPION_OK: it may be used at once; TOMPION_AGAIN: `ready` will come; negative:
  // refused. [control or capture & inited]
  tompion_status (*open)(const tompion_provider_t *authenticator, uint32_t association,
                         const tompion_association_options_t *options);
  // The caller is gone, or has closed it: wipe its keys, forget what is pending. [control or capture & inited]
  void (*close)(const tompion_provider_t *authenticator, uint32_t association);
  uint32_t (*growth)(const tompion_provider_t *authenticator, uint32_t association);  // [any thread & started]
  // As in tompion_authenticate; `packets` (at most 64) are the host's copies: length, verdict, reason, key and request are taken back.
  // The verdict is REFUSE with FAULT unless it is set. A PENDING packet's bytes have to be copied. [capture & started]
  void (*protect)(const tompion_provider_t *authenticator, uint32_t association, tompion_protection_t *packets,
                  uint32_t count);
  void (*unprotect)(const tompion_provider_t *authenticator, uint32_t association, tompion_protection_t *packets,
                    uint32_t count);  // [capture & started]
} tompion_authenticator_t;

#ifdef __cplusplus
}
#endif
#endif
