// SPDX-License-Identifier: Apache-2.0
// A fence around toml++: TOML text in, a flat list of nodes with their place in the text out. No C++ type or exception crosses.
#ifndef CTOML_H
#define CTOML_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CTOML_TABLE 1
#define CTOML_ARRAY 2
#define CTOML_STRING 3
#define CTOML_INTEGER 4
#define CTOML_REAL 5
#define CTOML_BOOLEAN 6
#define CTOML_DATE 7  // dates, times and both; `string` holds it as written in TOML

typedef struct ctoml_document ctoml_document;

// One node. A parent comes before its children; node 0 is the root table and its own parent.
// Lines and columns count from 1 (columns in characters); 0 = the node has no place of its own.
// Strings are UTF-8 of the given length, may hold NUL, and live until the document is freed.
typedef struct ctoml_node {
  uint32_t type;          // CTOML_*
  uint32_t parent;
  uint32_t index;         // position in an array; 0 in a table
  uint32_t key_line;      // where the key is written; 0 in an array
  uint32_t key_column;
  uint32_t line;          // where the value begins
  uint32_t column;
  uint32_t reserved;      // 0
  const char *key;        // "" in an array
  size_t key_length;
  const char *string;     // "" unless a string or a date
  size_t string_length;
  int64_t integer;        // also 0 or 1 for booleans
  double real;
} ctoml_node;

// What is wrong with the text.
typedef struct ctoml_error {
  uint32_t line;
  uint32_t column;
  char text[240];         // NUL-terminated, cut when longer
} ctoml_error;

// Parses `length` bytes of TOML 1.0. NULL: it is wrong (or memory ran out), and *error says where and why.
ctoml_document *ctoml_parse(const char *text, size_t length, ctoml_error *error);
uint32_t ctoml_count(const ctoml_document *document);
// Node number `index`; NULL beyond the last. Lives until the document is freed.
const ctoml_node *ctoml_at(const ctoml_document *document, uint32_t index);
// NULL is allowed.
void ctoml_free(ctoml_document *document);

#ifdef __cplusplus
}
#endif
#endif
