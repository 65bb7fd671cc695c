// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "batch.h"

static int32_t set(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

static int32_t closed(int fd, int32_t error) {
  close(fd);
  return error;
}

// Requests and answers are short and are not to wait for each other; urgent bytes are bytes like others, so that nobody is woken for
// what is never read.
static void prefer(int fd) {
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, SOL_SOCKET, SO_OOBINLINE, 1);
}

static int32_t open_tcp(uint8_t family) {
  if (family != 4 && family != 6) return -EAFNOSUPPORT;
  int fd = socket(family == 6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return fd < 0 ? -errno : fd;
}

int32_t clinux_tcp_connect(const clinux_address_t *local, const clinux_address_t *peer) {
  int fd = open_tcp(peer->family);
  if (fd < 0) return fd;
  prefer(fd);
  int32_t error = local->family ? clinux_udp_bind(fd, local) : 0;
  if (!error) error = clinux_udp_connect(fd, peer);
  return error == 0 || error == -EINPROGRESS ? fd : closed(fd, error);
}

int32_t clinux_tcp_listen(const clinux_address_t *local, int32_t backlog) {
  int fd = open_tcp(local->family);
  if (fd < 0) return fd;
  int32_t error = set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (!error && local->family == 6) error = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (!error) error = clinux_udp_bind(fd, local);
  if (!error && listen(fd, backlog) < 0) error = -errno;
  return error ? closed(fd, error) : fd;
}

int32_t clinux_stream_accept(int32_t fd, clinux_address_t *peer) {
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  int accepted = accept4(fd, (struct sockaddr *)&name, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted < 0) return errno == ECONNABORTED || errno == EINTR ? -EAGAIN : -errno;
  memset(peer, 0, sizeof *peer);
  if (length >= sizeof(sa_family_t) && name.ss_family != AF_UNIX) {
    clinux_import_name((struct sockaddr *)&name, length, peer);
    prefer(accepted);
  }
  return accepted;
}

// What stands at the path itself is held by its inode, and that is what is connected to, whatever is put in its place meanwhile.
static int32_t connect_itself(int fd, const char *path) {
  int place = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (place < 0) return -errno;
  struct stat status;
  int32_t error = fstat(place, &status) < 0 ? -errno : 0;
  if (!error && !S_ISSOCK(status.st_mode)) error = S_ISLNK(status.st_mode) ? -ELOOP : -ENOTSOCK;
  if (!error) {
    struct sockaddr_un name;
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d", place);
    if (connect(fd, (struct sockaddr *)&name, sizeof name) < 0) error = -errno;
  }
  close(place);
  return error;
}

int32_t clinux_unix_connect_promptly(const char *path, int32_t datagrams) {
  struct sockaddr_un name;
  memset(&name, 0, sizeof name);
  name.sun_family = AF_UNIX;
  if (strlen(path) >= sizeof name.sun_path) return -ENAMETOOLONG;
  strcpy(name.sun_path, path);
  int fd = socket(AF_UNIX, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  // Datagrams are handed to whoever is bound there, with this process' rights; a connection is asked for by who wants an answer.
  int32_t error = datagrams ? connect_itself(fd, path) : connect(fd, (struct sockaddr *)&name, sizeof name) < 0 ? -errno : 0;
  return error ? closed(fd, error) : fd;
}

int32_t clinux_stream_end(int32_t fd) { return shutdown(fd, SHUT_WR) < 0 ? -errno : 0; }

int32_t clinux_stream_reset_on_close(int32_t fd) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) < 0 ? -errno : 0;
}

int64_t clinux_stream_take(int32_t fd, void *bytes, size_t count, int32_t datagrams) {
  ssize_t got;
  // MSG_TRUNC tells the whole length of a datagram; of a stream it would throw bytes away.
  do got = recv(fd, bytes, count, MSG_DONTWAIT | (datagrams ? MSG_TRUNC : 0));
  while (got < 0 && errno == EINTR);
  return got < 0 ? -errno : got;
}

int64_t clinux_stream_put(int32_t fd, const void *bytes, size_t count) {
  ssize_t sent;
  do sent = send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}
