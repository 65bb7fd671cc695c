// SPDX-License-Identifier: Apache-2.0
// Waiting, files, Unix sockets, shared memory, interfaces and names.
#ifndef CLINUX_SYSTEM_H
#define CLINUX_SYSTEM_H

#include "base.h"
#include "datagram.h"

#define CLINUX_POLL_IN 1
#define CLINUX_POLL_PRI 2
#define CLINUX_POLL_OUT 4
#define CLINUX_POLL_ERR 8
#define CLINUX_POLL_HUP 16
#define CLINUX_POLL_INVALID 32

typedef struct clinux_pollfd {
  int32_t fd;
  int16_t events;
  int16_t revents;
} clinux_pollfd_t;

// poll(2) with a timeout in ms (plain), or ppoll(2) in ns. Interrupted counts as nothing ready.
int32_t clinux_poll(clinux_pollfd_t *fds, uint32_t count, int64_t timeout_ns, int32_t plain);

int32_t clinux_eventfd(void);
void clinux_eventfd_signal(int32_t fd);
void clinux_eventfd_clear(int32_t fd);

int32_t clinux_close(int32_t fd);
int64_t clinux_read(int32_t fd, void *bytes, size_t count);
int64_t clinux_write(int32_t fd, const void *bytes, size_t count);
// Writes up to one pipe buffer's worth where that needs no waiting (at most 1 ms); -EAGAIN: whoever should read it does not.
int64_t clinux_write_promptly(int32_t fd, const void *bytes, size_t count);
// Opens /dev/null in place of a standard stream that is closed, so that no other file gets its number.
void clinux_hold_standard_streams(void);
// Which file a path names, links not followed.
int32_t clinux_file_identity(const char *path, uint64_t *device, uint64_t *inode);
int32_t clinux_random(void *bytes, size_t count);
int32_t clinux_process_id(void);
uint32_t clinux_user_id(void);

// Opens a regular file for reading; its size goes to *size.
int32_t clinux_open_file(const char *path, int64_t *size);
int32_t clinux_open_stream(const char *path);  // read, links followed, any kind (/proc)
// Opens a directory for the *at calls below.
int32_t clinux_open_directory(const char *path);
// Makes a new file in the directory (fails if the name exists), mode as given whatever the umask.
int32_t clinux_create_at(int32_t directory, const char *name, uint32_t mode);
// Opens a file for writing from its start, emptied; a link is not followed, anything but a plain file refused.
int32_t clinux_overwrite(const char *path, uint32_t mode);
int32_t clinux_rename_at(int32_t directory, const char *from, const char *to);
int32_t clinux_unlink_at(int32_t directory, const char *name);
int32_t clinux_sync(int32_t fd);
int32_t clinux_make_directory(const char *path, uint32_t mode);
// Opens (creating) `path` without following a link and takes flock(2) on it: the descriptor, or -EWOULDBLOCK.
int32_t clinux_lock_file(const char *path, uint32_t mode);
// flock(2) on an open file or device, held until it is closed: -EWOULDBLOCK where another process, or another open file, has it.
int32_t clinux_lock(int32_t fd);
int32_t clinux_truncate(int32_t fd);
int32_t clinux_file_mode(const char *path, uint32_t *mode, uint32_t *user, uint32_t *group);
// The same, of what a link leads to.
int32_t clinux_target_mode(const char *path, uint32_t *mode, uint32_t *user, uint32_t *group);
// Of a directory or socket that this process' own user has; links are not followed.
int32_t clinux_set_owner(const char *path, uint32_t user, uint32_t group);
// 0 = a directory, or a link to one, in which this process may make files.
int32_t clinux_check_directory(const char *path);

// Calls `each` with every name in a directory but . and ..
int32_t clinux_list_directory(const char *path, void (*each)(void *context, const char *name), void *context);
// Removes an empty directory.
int32_t clinux_remove_directory(const char *path);
// Renames, and fails with -EEXIST where there is something at `to`.
int32_t clinux_rename_new(const char *from, const char *to);
// Where a link points; the length, at most capacity - 1, and NUL-terminated.
int32_t clinux_read_link(const char *path, char *target, size_t capacity);

int32_t clinux_memfd(const char *name, uint64_t size);
int32_t clinux_map(int32_t fd, uint64_t size, void **address);
int32_t clinux_unmap(void *address, uint64_t size);
int32_t clinux_file_size(int32_t fd, int64_t *size);

int32_t clinux_unix_listen(const char *path, uint32_t mode, int32_t backlog);
int32_t clinux_unix_accept(int32_t fd);
int32_t clinux_unix_connect(const char *path);
int32_t clinux_socket_pair(int32_t fds[2]);
int32_t clinux_peer(int32_t fd, int32_t *pid, uint32_t *user, uint32_t *group);
// Sends without SIGPIPE; receives. Non-blocking sockets give -EAGAIN.
int64_t clinux_stream_send(int32_t fd, const void *bytes, size_t count);
int64_t clinux_stream_receive(int32_t fd, void *bytes, size_t count);

void *clinux_library_open(const char *path);
void *clinux_library_symbol(void *library, const char *name);
const char *clinux_library_error(void);  // of this thread; NULL = none

typedef struct clinux_interface {
  char name[16];
  uint32_t index;
  uint32_t flags;          // 1 = up, 2 = loopback
  uint32_t prefix_length;
  uint32_t reserved;
  clinux_address_t address;
} clinux_interface_t;

// Fills in up to `capacity` interface addresses, returns how many there are.
int32_t clinux_interfaces(clinux_interface_t *interfaces, uint32_t capacity);
uint32_t clinux_interface_index(const char *name);
// Name and index of every interface, with or without an address; how many there are.
int32_t clinux_interface_names(clinux_interface_t *interfaces, uint32_t capacity);

#define CLINUX_RESOLVE_NOT_FOUND 1
#define CLINUX_RESOLVE_AGAIN 2
#define CLINUX_RESOLVE_FAILED 3
// Looks a name up (blocking): how many addresses were found, or the negative of one of the above; *text says why.
int32_t clinux_resolve(const char *name, int32_t family, int32_t numeric_only, clinux_address_t *addresses,
                       uint32_t capacity, const char **text);
// Writes an address without port as text; the length.
int32_t clinux_address_text(const clinux_address_t *address, char *text, size_t capacity);
// The text of an errno, for the caller's buffer.
void clinux_error_text(int32_t error, char *text, size_t capacity);

#endif
