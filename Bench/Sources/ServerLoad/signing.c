// SPDX-License-Identifier: Apache-2.0
#include "signing.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

static uint8_t key[64];
static size_t key_length, digest_length;
static uint32_t number;
static EVP_MD *md;
static EVP_MD_CTX *hash;
static EVP_MAC_CTX *mac;

int signing_begin(const char *algorithm, const char *id, const char *hexadecimal) {
  number = htonl((uint32_t)strtoul(id, NULL, 10));
  for (; key_length < sizeof key && hexadecimal[2 * key_length] && hexadecimal[2 * key_length + 1]; ++key_length) {
    char pair[3] = {hexadecimal[2 * key_length], hexadecimal[2 * key_length + 1], 0};
    key[key_length] = (uint8_t)strtoul(pair, NULL, 16);
  }
  if (!strcmp(algorithm, "sha256")) {
    md = EVP_MD_fetch(NULL, "SHA256", NULL);
    hash = EVP_MD_CTX_new();
    digest_length = 20;
    return md && hash ? 24 : 0;
  }
  if (strcmp(algorithm, "aes128-cmac")) return 0;
  EVP_MAC *cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
  mac = cmac ? EVP_MAC_CTX_new(cmac) : NULL;
  OSSL_PARAM parameters[2] = {OSSL_PARAM_construct_utf8_string("cipher", "AES-128-CBC", 0), OSSL_PARAM_construct_end()};
  digest_length = 16;
  return mac && EVP_MAC_init(mac, key, key_length, parameters) == 1 ? 20 : 0;
}

static void compute(const uint8_t *packet, uint8_t out[64]) {
  if (hash) {
    EVP_DigestInit_ex2(hash, md, NULL);
    EVP_DigestUpdate(hash, key, key_length);
    EVP_DigestUpdate(hash, packet, 48);
    EVP_DigestFinal_ex(hash, out, NULL);
  } else {
    size_t length;
    EVP_MAC_init(mac, NULL, 0, NULL);
    EVP_MAC_update(mac, packet, 48);
    EVP_MAC_final(mac, out, &length, 64);
  }
}

void signing_sign(uint8_t *packet) {
  uint8_t whole[64];
  compute(packet, whole);
  memcpy(packet + 48, &number, 4);
  memcpy(packet + 52, whole, digest_length);
}

int signing_verify(const uint8_t *packet) {
  uint8_t whole[64];
  compute(packet, whole);
  return !memcmp(packet + 48, &number, 4) && !memcmp(packet + 52, whole, digest_length);
}
