// SPDX-License-Identifier: Apache-2.0
// Compiles every header as C, drafts as well; the layout asserts are in the headers.
#include "CTompionProvider.h"
#include "tompion/draft/authenticate.h"
#include "tompion/draft/device-io.h"
#include "tompion/draft/secrets.h"
#include "tompion/draft/store.h"
#include "tompion/draft/stream.h"
