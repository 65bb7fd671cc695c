// SPDX-License-Identifier: Apache-2.0
// secrets/1: keys that an operator keeps in files, never in the configuration: symmetric keys, TLS certificates and private keys,
// machine passwords.
#ifndef TOMPION_EXT_SECRETS_H
#define TOMPION_EXT_SECRETS_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_SECRETS_ID "tompion.secrets/1"

// Not secret, only to be trusted (a certificate, a list of authorities): everybody may read the file. A provider may read any other
// public file that its operator names by it, too, as rtc does with /sys/class/rtc/rtc0/since_epoch.
#define TOMPION_SECRET_PUBLIC (1u << 0)

// Host side. The host reads the file with its own rights: a plain file of root's or the host's own user's, which others may neither
// read nor write (its group may read if it is root's or one of the host's). The copy is locked in memory and left out of core dumps. A
// provider names the setting, not the file. All of it is the owner's thread's, as packet-io's sockets are: TOMPION_WRONG_ROLE or
// nothing elsewhere.
typedef struct tompion_secrets {
  uint32_t size;
  uint32_t reserved;  // 0
  // Reads the file that the setting of that path ("key_file", "source[0].key_file") names; *bytes lives until release or close, at most
  // 1 MiB. NOT_FOUND: no such setting, or no such file; PERMISSION: its owner or mode is wrong, or the host may not read it (the log
  // says which); NO_MEMORY: too long; AGAIN: 16 are held. Reads a file: not in a receive path. [control or capture & inited]
  tompion_status (*get)(const tompion_host_t *host, const char *setting, uint32_t flags, const uint8_t **bytes, uint32_t *count);
  // Wipes the copy. [control or capture & inited]
  void (*release)(const tompion_host_t *host, const uint8_t *bytes);
} tompion_secrets_t;

// Provider side.
typedef struct tompion_secrets_receiver {
  uint32_t size;
  uint32_t reserved;  // 0
  // The file behind the setting of a held secret is another one now, or was away and is there again: get it again, then release the old
  // one. Looked for every ten seconds, and when an operator asks (SIGHUP), who means settings whose get failed, too.
  // [control or capture & started]
  void (*changed)(const tompion_provider_t *provider, const char *setting);
} tompion_secrets_receiver_t;

#ifdef __cplusplus
}
#endif
#endif
