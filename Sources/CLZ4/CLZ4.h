// Prefixed umbrella for the system library, so that its module is named like the target.
#pragma once
#include <lz4.h>
#include <lz4hc.h>
