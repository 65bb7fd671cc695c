// SPDX-License-Identifier: Apache-2.0
// Compiles every header as C; the layout asserts are in the headers.
#include "CTompionProvider.h"
