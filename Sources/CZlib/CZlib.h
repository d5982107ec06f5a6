// Prefixed umbrella for the system library, so that its module is named like the target.
#pragma once
#include <zlib.h>
