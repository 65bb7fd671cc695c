// SPDX-License-Identifier: Apache-2.0
// First, because liburing.h asks for another standard's fd_set: two modules that disagree on it cannot be imported together.
#include <sys/select.h>

#include <liburing.h>
