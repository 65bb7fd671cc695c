// SPDX-License-Identifier: Apache-2.0
// Files that not everybody may read, and memory that is not to leave the process.
#ifndef CLINUX_SECRET_H
#define CLINUX_SECRET_H

#include "base.h"

// Opens a plain file for reading, if its owner is root or this process' user and nobody else may write it, and, unless `is_public`,
// nobody else may read it but a group of root's or of this process. -EPERM: the owner or the mode is wrong; both come back.
int32_t clinux_secret_open(const char *path, int32_t is_public, int64_t *size, uint32_t *mode, uint32_t *owner);

// What tells one state of a file from another.
typedef struct clinux_revision {
  uint64_t device, inode, size;
  int64_t changed_ns;  // its rights and owner, too
} clinux_revision_t;

int32_t clinux_revision(const char *path, clinux_revision_t *revision);

// Whole pages, locked (*is_locked tells whether that was allowed), not in core dumps, not for children.
int32_t clinux_locked_map(uint64_t size, void **address, int32_t *is_locked);
// Wipes and gives them back.
void clinux_locked_unmap(void *address, uint64_t size);
void clinux_wipe(void *address, uint64_t size);

#endif
