// SPDX-License-Identifier: Apache-2.0
// Codes of NTP packets for the load: a key of one number, a digest of at most 20 bytes behind it, as version 4 has it.
#ifndef SERVER_LOAD_SIGNING_H
#define SERVER_LOAD_SIGNING_H
#include <stdint.h>

// Takes the key ("sha256" or "aes128-cmac", its number, its bytes in hexadecimal); the length of key number and digest, 0 = no.
int signing_begin(const char *algorithm, const char *number, const char *key);
// Writes key number and digest behind the 48 bytes.
void signing_sign(uint8_t *packet);
// Whether what stands there is right.
int signing_verify(const uint8_t *packet);

#endif
