// SPDX-License-Identifier: Apache-2.0
// MD5_Init, SHA256_Init and their like are called deprecated since OpenSSL 3.0, in favour of EVP, which allocates at each message.
// Sources/Cryptography/HashState.swift says why they are used all the same.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ssl.h>
#include <openssl/evp.h>
#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
