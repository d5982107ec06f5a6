// Prefixed umbrella for the system library, so that its module is named like the target. Its pkg-config file is of no use: it asks
// for GLib's headers, which its own header does not need.
#pragma once
#include <slirp/libslirp.h>
