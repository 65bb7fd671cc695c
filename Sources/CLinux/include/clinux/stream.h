// SPDX-License-Identifier: Apache-2.0
// Streams and Unix datagrams that never wait: TCP and Unix sockets, non-blocking and closed on exec.
#ifndef CLINUX_STREAM_H
#define CLINUX_STREAM_H

#include "base.h"
#include "datagram.h"

// Begins to connect; `local` of family 0 = any. The socket, which is writable when that has ended (SO_ERROR tells how).
int32_t clinux_tcp_connect(const clinux_address_t *local, const clinux_address_t *peer);
int32_t clinux_tcp_listen(const clinux_address_t *local, int32_t backlog);
// The next connection of a TCP or Unix listener; `peer` gets family 0 where it has no address. -EAGAIN: none waits.
int32_t clinux_stream_accept(int32_t fd, clinux_address_t *peer);
// Connects to a Unix stream (-EAGAIN: its queue is full) or fixes where datagrams go: not through a symbolic link
// (-ELOOP), and to nothing but a socket (-ENOTSOCK).
int32_t clinux_unix_connect_promptly(const char *path, int32_t datagrams);
// A datagram socket bound to a path; what stands there already is treated as by clinux_unix_listen.
int32_t clinux_unix_datagrams_at(const char *path, uint32_t mode);
// Ends one's own direction.
int32_t clinux_stream_end(int32_t fd);
// Has close reset the connection instead of sending what waits.
int32_t clinux_stream_reset_on_close(int32_t fd);
// recv(2) that never waits, and tells the whole length of a datagram however much of it was copied.
CLINUX_REALTIME int64_t clinux_stream_take(int32_t fd, void *bytes, size_t count, int32_t datagrams);
// send(2) that never waits and never raises SIGPIPE.
CLINUX_REALTIME int64_t clinux_stream_put(int32_t fd, const void *bytes, size_t count);

#endif
