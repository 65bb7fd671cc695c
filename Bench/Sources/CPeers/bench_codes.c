// SPDX-License-Identifier: Apache-2.0
#define OPENSSL_SUPPRESS_DEPRECATED
#include "bench_codes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

enum { MD5_CODE, SHA1_CODE, SHA256_CODE, SHA384_CODE, SHA512_CODE, HMAC_CODE, CMAC128_CODE, CMAC256_CODE, CODES };
static const uint32_t lengths[CODES] = {16, 20, 32, 48, 64, 32, 16, 16};

typedef union {
  MD5_CTX md5;
  SHA_CTX sha1;
  SHA256_CTX sha256;
  SHA512_CTX sha512;
} state_t;

struct bench_code {
  int32_t algorithm;
  state_t inner;     // with the key in it
  SHA256_CTX outer;  // HMAC's
  EVP_MAC *mac;
  EVP_MAC_CTX *context;
};

bench_code_t *bench_code_make(int32_t algorithm, const uint8_t *key, uint32_t count) {
  if (algorithm < 0 || algorithm >= CODES) return NULL;
  bench_code_t *code = calloc(1, sizeof *code);
  if (!code) return NULL;
  code->algorithm = algorithm;
  uint8_t pad[64] = {0};
  switch (algorithm) {
    case MD5_CODE: MD5_Init(&code->inner.md5), MD5_Update(&code->inner.md5, key, count); break;
    case SHA1_CODE: SHA1_Init(&code->inner.sha1), SHA1_Update(&code->inner.sha1, key, count); break;
    case SHA256_CODE: SHA256_Init(&code->inner.sha256), SHA256_Update(&code->inner.sha256, key, count); break;
    case SHA384_CODE: SHA384_Init(&code->inner.sha512), SHA384_Update(&code->inner.sha512, key, count); break;
    case SHA512_CODE: SHA512_Init(&code->inner.sha512), SHA512_Update(&code->inner.sha512, key, count); break;
    case HMAC_CODE:
      if (count > sizeof pad) break;
      memcpy(pad, key, count);
      for (unsigned i = 0; i < sizeof pad; ++i) pad[i] ^= 0x36;
      SHA256_Init(&code->inner.sha256), SHA256_Update(&code->inner.sha256, pad, sizeof pad);
      for (unsigned i = 0; i < sizeof pad; ++i) pad[i] ^= 0x36 ^ 0x5c;
      SHA256_Init(&code->outer), SHA256_Update(&code->outer, pad, sizeof pad);
      break;
    default: {
      OSSL_PARAM parameters[2] = {
          OSSL_PARAM_construct_utf8_string("cipher", algorithm == CMAC128_CODE ? "AES-128-CBC" : "AES-256-CBC", 0),
          OSSL_PARAM_construct_end()};
      code->mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
      code->context = code->mac ? EVP_MAC_CTX_new(code->mac) : NULL;
      if (!code->context || EVP_MAC_init(code->context, key, count, parameters) != 1) {
        bench_code_free(code);
        return NULL;
      }
    }
  }
  return code;
}

void bench_code_free(bench_code_t *code) {
  EVP_MAC_CTX_free(code->context);
  EVP_MAC_free(code->mac);
  free(code);
}

static void compute(bench_code_t *code, const uint8_t packet[48], uint8_t out[64]) {
  state_t work = code->inner;
  size_t length = 0;
  switch (code->algorithm) {
    case MD5_CODE: MD5_Update(&work.md5, packet, 48), MD5_Final(out, &work.md5); break;
    case SHA1_CODE: SHA1_Update(&work.sha1, packet, 48), SHA1_Final(out, &work.sha1); break;
    case SHA256_CODE: SHA256_Update(&work.sha256, packet, 48), SHA256_Final(out, &work.sha256); break;
    case SHA384_CODE: SHA384_Update(&work.sha512, packet, 48), SHA384_Final(out, &work.sha512); break;
    case SHA512_CODE: SHA512_Update(&work.sha512, packet, 48), SHA512_Final(out, &work.sha512); break;
    case HMAC_CODE:
      SHA256_Update(&work.sha256, packet, 48), SHA256_Final(out, &work.sha256);
      work.sha256 = code->outer;
      SHA256_Update(&work.sha256, out, 32), SHA256_Final(out, &work.sha256);
      break;
    default:
      EVP_MAC_init(code->context, NULL, 0, NULL);
      EVP_MAC_update(code->context, packet, 48);
      EVP_MAC_final(code->context, out, &length, 16);
  }
  // A copy of the key was in it, as in Tompion's.
  if (code->algorithm < CMAC128_CODE) OPENSSL_cleanse(&work, sizeof work);
}

uint64_t bench_code_sign(bench_code_t *code, uint64_t times) {
  uint8_t packet[48] = {0}, whole[64], out[64];
  uint64_t sum = 0;
  for (uint64_t i = 0; i < times; ++i) {
    packet[47] = (uint8_t)i;
    compute(code, packet, whole);
    memcpy(out, whole, lengths[code->algorithm]);
    sum += out[0];
  }
  return sum;
}

uint64_t bench_code_verify(bench_code_t *code, uint64_t times) {
  uint8_t packet[48] = {0}, whole[64], signature[64];
  uint64_t right = 0;
  compute(code, packet, signature);
  for (uint64_t i = 0; i < times; ++i) {
    packet[47] = (uint8_t)i;
    compute(code, packet, whole);
    right += !CRYPTO_memcmp(whole, signature, lengths[code->algorithm]);
    OPENSSL_cleanse(whole, sizeof whole);
  }
  return right;
}
