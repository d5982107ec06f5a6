// Prefixed umbrella for the system library, so that its module is named like the target.
#pragma once
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
