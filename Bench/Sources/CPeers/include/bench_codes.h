// SPDX-License-Identifier: Apache-2.0
// Signing and verifying in C with OpenSSL's libcrypto, each context made once. Numbers: md5, sha1, sha256, sha384, sha512,
// hmac-sha256, aes128-cmac, aes256-cmac.
#ifndef BENCH_CODES_H
#define BENCH_CODES_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bench_code bench_code_t;

// NULL = there is no such algorithm, or libcrypto refuses.
bench_code_t *bench_code_make(int32_t algorithm, const uint8_t *key, uint32_t count);
void bench_code_free(bench_code_t *code);
// Signs so many packets of 48 bytes, each another one; the sum of the codes' first bytes.
uint64_t bench_code_sign(bench_code_t *code, uint64_t times);
// Verifies the code of one of them for each; how many were right.
uint64_t bench_code_verify(bench_code_t *code, uint64_t times);

#ifdef __cplusplus
}
#endif
#endif
