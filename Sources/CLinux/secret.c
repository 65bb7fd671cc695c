// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_own_group(gid_t group) {
  gid_t groups[256];
  if (group == 0 || group == getegid()) return 1;
  int count = getgroups(256, groups);
  for (int i = 0; i < count; ++i)
    if (groups[i] == group) return 1;
  return 0;
}

int32_t clinux_secret_open(const char *path, int32_t is_public, int64_t *size, uint32_t *mode, uint32_t *owner) {
  // O_NONBLOCK: a pipe in a file's place must not hang us. What is looked at is what was opened.
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -errno;
  struct stat status;
  int32_t error = fstat(fd, &status) < 0 ? -errno : 0;
  if (!error && !S_ISREG(status.st_mode)) error = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
  if (!error) {
    mode_t refused = S_IWGRP | S_IWOTH;
    if (!is_public) refused |= S_IROTH | (is_own_group(status.st_gid) ? 0 : S_IRGRP);
    *size = status.st_size;
    *mode = status.st_mode & 07777;
    *owner = status.st_uid;
    if ((status.st_uid != 0 && status.st_uid != geteuid()) || (status.st_mode & refused)) error = -EPERM;
  }
  if (!error) return fd;
  close(fd);
  return error;
}

int32_t clinux_revision(const char *path, clinux_revision_t *revision) {
  struct stat status;
  if (stat(path, &status) < 0) return -errno;
  revision->device = status.st_dev;
  revision->inode = status.st_ino;
  revision->size = (uint64_t)status.st_size;
  revision->changed_ns = status.st_ctim.tv_sec * INT64_C(1000000000) + status.st_ctim.tv_nsec;
  return 0;
}

int32_t clinux_locked_map(uint64_t size, void **address, int32_t *is_locked) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return -errno;
  *is_locked = mlock(memory, size) == 0;
  madvise(memory, size, MADV_DONTDUMP);
  madvise(memory, size, MADV_WIPEONFORK);
  *address = memory;
  return 0;
}

void clinux_wipe(void *address, uint64_t size) { explicit_bzero(address, size); }

void clinux_locked_unmap(void *address, uint64_t size) {
  explicit_bzero(address, size);
  munmap(address, size);
}
