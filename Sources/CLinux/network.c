// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clinux/system.h"

static int32_t unix_name(const char *path, struct sockaddr_un *name) {
  memset(name, 0, sizeof *name);
  name->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof name->sun_path) return -ENAMETOOLONG;
  strcpy(name->sun_path, path);
  return 0;
}

// Whether a socket of a living process is bound to the name, listening or not. Of the wrong kind it answers EPROTOTYPE: asking with two
// kinds finds those, too, that refuse a connection because they do not listen. Where that cannot be told it counts as bound.
static int is_bound(const struct sockaddr_un *name) {
  const int kinds[] = {SOCK_STREAM, SOCK_DGRAM};
  for (int i = 0; i < 2; i++) {
    int probe = socket(AF_UNIX, kinds[i] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0) return 1;
    int refused = connect(probe, (const struct sockaddr *)name, sizeof *name) < 0 && errno == ECONNREFUSED;
    close(probe);
    if (!refused) return 1;
  }
  return 0;
}

// Backlog -1: datagrams, nobody connects.
static int32_t bind_unix(const char *path, uint32_t mode, int32_t backlog) {
  struct sockaddr_un name;
  int32_t error = unix_name(path, &name);
  if (error) return error;
  int fd = socket(AF_UNIX, (backlog < 0 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  struct stat status;
  if (lstat(path, &status) == 0) {
    // Only a socket nobody answers on is a leftover; anything else in its place is not ours to remove.
    if (!S_ISSOCK(status.st_mode)) {
      close(fd);
      return -EEXIST;
    }
    if (is_bound(&name)) {
      close(fd);
      return -EADDRINUSE;
    }
    unlink(path);
  }
  // The file takes its rights from the socket (less the umask), so that there is no moment with more than `mode`.
  if (fchmod(fd, mode) < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0) {
    error = -errno;
    close(fd);
    return error;
  }
  if (chmod(path, mode) < 0 || (backlog >= 0 && listen(fd, backlog) < 0)) {
    error = -errno;
    close(fd);
    unlink(path);
    return error;
  }
  return fd;
}

int32_t clinux_unix_listen(const char *path, uint32_t mode, int32_t backlog) { return bind_unix(path, mode, backlog < 0 ? 0 : backlog); }
int32_t clinux_unix_datagrams_at(const char *path, uint32_t mode) { return bind_unix(path, mode, -1); }

int32_t clinux_unix_accept(int32_t fd) {
  int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  return accepted < 0 ? -errno : accepted;
}

int32_t clinux_unix_connect(const char *path) {
  struct sockaddr_un name;
  int32_t error = unix_name(path, &name);
  if (error) return error;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (connect(fd, (struct sockaddr *)&name, sizeof name) < 0) {
    error = -errno;
    close(fd);
    return error;
  }
  return fd;
}

int32_t clinux_socket_pair(int32_t fds[2]) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) return -errno;
  fds[0] = pair[0];
  fds[1] = pair[1];
  return 0;
}

int32_t clinux_peer(int32_t fd, int32_t *pid, uint32_t *user, uint32_t *group) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -errno;
  *pid = peer.pid;
  *user = peer.uid;
  *group = peer.gid;
  return 0;
}

int64_t clinux_stream_send(int32_t fd, const void *bytes, size_t count) {
  ssize_t sent;
  do sent = send(fd, bytes, count, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

int64_t clinux_stream_receive(int32_t fd, void *bytes, size_t count) {
  ssize_t got;
  do got = recv(fd, bytes, count, 0);
  while (got < 0 && errno == EINTR);
  return got < 0 ? -errno : got;
}

static uint32_t prefix_length(const uint8_t *mask, size_t count) {
  uint32_t bits = 0;
  for (size_t i = 0; i < count; ++i) bits += (uint32_t)__builtin_popcount(mask[i]);
  return bits;
}

int32_t clinux_interfaces(clinux_interface_t *interfaces, uint32_t capacity) {
  struct ifaddrs *list = NULL;
  if (getifaddrs(&list) < 0) return -errno;
  uint32_t count = 0;
  for (struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
    if (!entry->ifa_addr || (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6)) continue;
    if (count < capacity) {
      clinux_interface_t *out = &interfaces[count];
      memset(out, 0, sizeof *out);
      snprintf(out->name, sizeof out->name, "%s", entry->ifa_name);
      out->index = if_nametoindex(entry->ifa_name);
      out->flags = (entry->ifa_flags & IFF_UP ? 1u : 0u) | (entry->ifa_flags & IFF_LOOPBACK ? 2u : 0u);
      if (entry->ifa_addr->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)entry->ifa_addr;
        const struct sockaddr_in *mask = (const struct sockaddr_in *)entry->ifa_netmask;
        memcpy(&out->address.high, &in->sin_addr, 4);
        out->address.family = 4;
        out->prefix_length = mask ? prefix_length((const uint8_t *)&mask->sin_addr, 4) : 32;
      } else {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)entry->ifa_addr;
        const struct sockaddr_in6 *mask = (const struct sockaddr_in6 *)entry->ifa_netmask;
        memcpy(&out->address.high, &in6->sin6_addr, 16);
        out->address.family = 6;
        out->address.scope = in6->sin6_scope_id;
        out->prefix_length = mask ? prefix_length((const uint8_t *)&mask->sin6_addr, 16) : 128;
      }
    }
    ++count;
  }
  freeifaddrs(list);
  return (int32_t)count;
}

uint32_t clinux_interface_index(const char *name) { return if_nametoindex(name); }

int32_t clinux_interface_names(clinux_interface_t *interfaces, uint32_t capacity) {
  struct if_nameindex *list = if_nameindex();
  if (!list) return -errno;
  uint32_t count = 0;
  for (; list[count].if_index; ++count) {
    if (count >= capacity) continue;
    memset(&interfaces[count], 0, sizeof interfaces[count]);
    snprintf(interfaces[count].name, sizeof interfaces[count].name, "%s", list[count].if_name);
    interfaces[count].index = list[count].if_index;
  }
  if_freenameindex(list);
  return (int32_t)count;
}

int32_t clinux_resolve(const char *name, int32_t family, int32_t numeric_only, clinux_address_t *addresses,
                       uint32_t capacity, const char **text) {
  struct addrinfo hints, *list = NULL;
  memset(&hints, 0, sizeof hints);
  hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = numeric_only ? AI_NUMERICHOST : 0;
  int error = getaddrinfo(name, NULL, &hints, &list);
  *text = "";
  if (error) {
    *text = error == EAI_SYSTEM ? "the system call failed" : gai_strerror(error);
    if (error == EAI_AGAIN || error == EAI_SYSTEM) return -CLINUX_RESOLVE_AGAIN;
    if (error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY) return -CLINUX_RESOLVE_NOT_FOUND;
    return -CLINUX_RESOLVE_FAILED;
  }
  uint32_t count = 0;
  for (struct addrinfo *entry = list; entry && count < capacity; entry = entry->ai_next) {
    clinux_address_t *out = &addresses[count];
    memset(out, 0, sizeof *out);
    if (entry->ai_family == AF_INET) {
      memcpy(&out->high, &((struct sockaddr_in *)entry->ai_addr)->sin_addr, 4);
      out->family = 4;
    } else if (entry->ai_family == AF_INET6) {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)entry->ai_addr;
      memcpy(&out->high, &in6->sin6_addr, 16);
      out->scope = in6->sin6_scope_id;
      out->family = 6;
    } else {
      continue;
    }
    ++count;
  }
  freeaddrinfo(list);
  return (int32_t)count;
}

int32_t clinux_address_text(const clinux_address_t *address, char *text, size_t capacity) {
  if (!inet_ntop(address->family == 6 ? AF_INET6 : AF_INET, &address->high, text, (socklen_t)capacity)) return -errno;
  return (int32_t)strlen(text);
}
