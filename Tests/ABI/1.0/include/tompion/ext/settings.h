// SPDX-License-Identifier: Apache-2.0
// settings/1: what the operator wrote for this provider, and the schema that lets the host check it before anything starts.
#ifndef TOMPION_EXT_SETTINGS_H
#define TOMPION_EXT_SETTINGS_H

#include "../provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOMPION_SETTINGS_ID "tompion.settings/1"
#define TOMPION_SETTINGS_SCHEMA_ID "tompion.settings-schema/1"

#define TOMPION_SETTING_STRING 1
#define TOMPION_SETTING_INTEGER 2
#define TOMPION_SETTING_REAL 3
#define TOMPION_SETTING_BOOLEAN 4   // integer 0 or 1

// One value. Tables and arrays are flattened: "source[0].address", "allow[2]". Strings live until the next update-config.
typedef struct tompion_setting {
  uint32_t size;
  uint32_t type;           // TOMPION_SETTING_*
  const char *path;
  const char *string;      // "" unless a string
  int64_t integer;
  double real;             // also set for integers
  uint32_t line;           // where it was written, 0 = default
  uint32_t column;
} tompion_setting_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_setting_t) == 48, "setting layout is frozen");

// Host side.
typedef struct tompion_settings {
  uint32_t size;
  uint32_t reserved;  // 0
  uint32_t (*count)(const tompion_host_t *host);  // how many settings there are. [control & opened or inited]
  // Setting number `index`, in the file's order. [control & opened or inited]
  tompion_status (*at)(const tompion_host_t *host, uint32_t index, tompion_setting_t *setting);
  // Says that a value is wrong and what would be right; the host adds file, line, key and value, and init should fail
  // with TOMPION_INVALID. [control & opened or inited]
  void (*refuse)(const tompion_host_t *host, uint32_t index, const char *what_would_be_right);
} tompion_settings_t;

// One key that the provider knows. "source[].address" stands for every element; "allow[]" for a list of values.
typedef struct tompion_setting_schema {
  uint32_t size;
  uint32_t type;             // TOMPION_SETTING_*
  const char *path;
  const char *description;   // one line, with unit
  const char *default_text;  // as one would write it, "" = none
  double minimum;            // numbers: both bounds inclusive; minimum > maximum = unbounded
  double maximum;
  const char *choices;       // strings: "a|b|c", "" = any
  uint32_t required;         // 1 = must be present (for "x[].y": in each element of x)
  uint32_t reserved;         // 0
} tompion_setting_schema_t;

TOMPION_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(tompion_setting_schema_t) == 64, "schema layout is frozen");

// Provider side, by TOMPION_SETTINGS_SCHEMA_ID; available as soon as the provider is opened.
typedef struct tompion_settings_schema {
  uint32_t size;
  uint32_t count;
  const tompion_setting_schema_t *entries;  // lives as long as the process
} tompion_settings_schema_t;

#ifdef __cplusplus
}
#endif
#endif
