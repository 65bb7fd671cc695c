// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/system.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(clinux_pollfd_t) == sizeof(struct pollfd) && offsetof(clinux_pollfd_t, fd) == offsetof(struct pollfd, fd) &&
                   offsetof(clinux_pollfd_t, revents) == offsetof(struct pollfd, revents),
               "pollfd layout");
_Static_assert(CLINUX_POLL_IN == POLLIN && CLINUX_POLL_PRI == POLLPRI && CLINUX_POLL_OUT == POLLOUT &&
                   CLINUX_POLL_ERR == POLLERR && CLINUX_POLL_HUP == POLLHUP && CLINUX_POLL_INVALID == POLLNVAL,
               "poll bits");

int32_t clinux_poll(clinux_pollfd_t *fds, uint32_t count, int64_t timeout_ns, int32_t plain) {
  int ready;
  if (timeout_ns < 0) timeout_ns = 0;
  if (plain) {
    int64_t milliseconds = timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    if (milliseconds < 1) milliseconds = 1;
    if (milliseconds > 86400000) milliseconds = 86400000;
    ready = poll((struct pollfd *)fds, count, (int)milliseconds);
  } else {
    struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    ready = ppoll((struct pollfd *)fds, count, &timeout, NULL);
  }
  return ready < 0 ? (errno == EINTR ? 0 : -errno) : ready;
}

int32_t clinux_eventfd(void) {
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

void clinux_eventfd_signal(int32_t fd) {
  uint64_t one = 1;
  ssize_t written = write(fd, &one, sizeof one);
  (void)written;
}

void clinux_eventfd_clear(int32_t fd) {
  uint64_t count;
  ssize_t got = read(fd, &count, sizeof count);
  (void)got;
}

int32_t clinux_close(int32_t fd) { return close(fd) < 0 ? -errno : 0; }

int64_t clinux_read(int32_t fd, void *bytes, size_t count) {
  ssize_t got;
  do got = read(fd, bytes, count);
  while (got < 0 && errno == EINTR);
  return got < 0 ? -errno : got;
}

int64_t clinux_write(int32_t fd, const void *bytes, size_t count) {
  ssize_t written;
  do written = write(fd, bytes, count);
  while (written < 0 && errno == EINTR);
  return written < 0 ? -errno : written;
}

int64_t clinux_write_promptly(int32_t fd, const void *bytes, size_t count) {
  struct pollfd one = {.fd = fd, .events = POLLOUT};
  if (poll(&one, 1, 1) <= 0 || !(one.revents & POLLOUT)) return one.revents ? -EPIPE : -EAGAIN;
  // A pipe that is ready takes 4096 bytes (PIPE_BUF) without blocking, not necessarily more.
  return clinux_write(fd, bytes, count < 4096 ? count : 4096);
}

void clinux_hold_standard_streams(void) {
  for (int fd = 0; fd < 3; ++fd) {
    // open(2) gives the lowest free number: this one, as those below are taken by now.
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0) return;
  }
}

int32_t clinux_file_identity(const char *path, uint64_t *device, uint64_t *inode) {
  struct stat status;
  if (lstat(path, &status) < 0) return -errno;
  *device = status.st_dev;
  *inode = status.st_ino;
  return 0;
}

int32_t clinux_random(void *bytes, size_t count) {
  uint8_t *at = bytes;
  while (count) {
    ssize_t got = getrandom(at, count, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    at += got;
    count -= (size_t)got;
  }
  return 0;
}

int32_t clinux_process_id(void) { return getpid(); }
uint32_t clinux_user_id(void) { return geteuid(); }

int32_t clinux_open_file(const char *path, int64_t *size) {
  // O_NONBLOCK: a FIFO in a file's place must not hang us before fstat shows what it is.
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return -errno;
  struct stat status;
  int error = fstat(fd, &status) < 0 ? errno : 0;
  if (!error && !S_ISREG(status.st_mode)) error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  if (error) {
    close(fd);
    return -error;
  }
  *size = status.st_size;
  return fd;
}

int32_t clinux_open_stream(const char *path) {
  // A pipe in its place is no reason to wait for whoever writes there.
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  return fd < 0 ? -errno : fd;
}

int32_t clinux_open_directory(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

int32_t clinux_create_at(int32_t directory, const char *name, uint32_t mode) {
  int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  if (fchmod(fd, mode) < 0) {
    int error = errno;
    close(fd);
    unlinkat(directory, name, 0);
    return -error;
  }
  return fd;
}

int32_t clinux_overwrite(const char *path, uint32_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode);
  if (fd < 0) return -errno;
  struct stat status;
  int error = fstat(fd, &status) < 0 ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
  if (!error) return fd;
  close(fd);
  return -error;
}

int32_t clinux_rename_at(int32_t directory, const char *from, const char *to) {
  return renameat(directory, from, directory, to) < 0 ? -errno : 0;
}

int32_t clinux_unlink_at(int32_t directory, const char *name) { return unlinkat(directory, name, 0) < 0 ? -errno : 0; }
int32_t clinux_sync(int32_t fd) { return fsync(fd) < 0 ? -errno : 0; }
int32_t clinux_make_directory(const char *path, uint32_t mode) { return mkdir(path, mode) < 0 ? -errno : 0; }
int32_t clinux_truncate(int32_t fd) { return ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0; }

int32_t clinux_lock_file(const char *path, uint32_t mode) {
  int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode);
  if (fd < 0) return -errno;
  if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int32_t clinux_lock(int32_t fd) { return flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0; }

int32_t clinux_file_mode(const char *path, uint32_t *mode, uint32_t *user, uint32_t *group) {
  struct stat status;
  if (lstat(path, &status) < 0) return -errno;
  *mode = status.st_mode;
  *user = status.st_uid;
  *group = status.st_gid;
  return 0;
}

int32_t clinux_target_mode(const char *path, uint32_t *mode, uint32_t *user, uint32_t *group) {
  struct stat status;
  if (stat(path, &status) < 0) return -errno;
  *mode = status.st_mode;
  *user = status.st_uid;
  *group = status.st_gid;
  return 0;
}

int32_t clinux_set_owner(const char *path, uint32_t user, uint32_t group) {
  // What is opened is what changes hands, whatever stands at the path by then; and nothing but what this process made.
  int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  struct stat status;
  int32_t error = 0;
  if (fstat(fd, &status) < 0)
    error = -errno;
  else if (!S_ISDIR(status.st_mode) && !S_ISSOCK(status.st_mode))
    error = -EINVAL;
  else if (status.st_uid != geteuid())
    error = -EPERM;
  else if (fchownat(fd, "", user, group, AT_EMPTY_PATH) < 0)
    error = -errno;
  close(fd);
  return error;
}

int32_t clinux_check_directory(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -errno;
  int32_t error = faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) < 0 ? -errno : 0;
  close(fd);
  return error;
}

int32_t clinux_list_directory(const char *path, void (*each)(void *context, const char *name), void *context) {
  DIR *directory = opendir(path);
  if (!directory) return -errno;
  struct dirent *entry;
  while ((entry = readdir(directory)))
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) each(context, entry->d_name);
  closedir(directory);
  return 0;
}

int32_t clinux_remove_directory(const char *path) { return rmdir(path) < 0 ? -errno : 0; }

int32_t clinux_rename_new(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  // A file system that cannot say "only if new" (NFS): look first.
  struct stat there;
  if (errno != EINVAL && errno != ENOSYS) return -errno;
  if (lstat(to, &there) == 0) return -EEXIST;
  return rename(from, to) < 0 ? -errno : 0;
}

int32_t clinux_read_link(const char *path, char *target, size_t capacity) {
  if (capacity == 0) return -EINVAL;
  ssize_t length = readlink(path, target, capacity - 1);
  if (length < 0) return -errno;
  target[length] = 0;
  return (int32_t)length;
}

int32_t clinux_memfd(const char *name, uint64_t size) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -errno;
  // Sealed against resizing: a child that shrank it would kill the other side with SIGBUS.
  if (ftruncate(fd, (off_t)size) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int32_t clinux_map(int32_t fd, uint64_t size, void **address) {
  *address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return *address == MAP_FAILED ? -errno : 0;
}

int32_t clinux_unmap(void *address, uint64_t size) { return munmap(address, size) < 0 ? -errno : 0; }

int32_t clinux_file_size(int32_t fd, int64_t *size) {
  struct stat status;
  if (fstat(fd, &status) < 0) return -errno;
  *size = status.st_size;
  return 0;
}

void *clinux_library_open(const char *path) {
  dlerror();
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

void *clinux_library_symbol(void *library, const char *name) {
  dlerror();
  return dlsym(library, name);
}

const char *clinux_library_error(void) { return dlerror(); }

void clinux_error_text(int32_t error, char *text, size_t capacity) {
  if (capacity == 0) return;
  // The GNU form may return a constant string instead of filling the buffer.
  char buffer[128];
  snprintf(text, capacity, "%s", strerror_r(error, buffer, sizeof buffer));
}
