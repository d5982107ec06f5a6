// halt-off: halts with interrupts off, so that nothing wakes it.
#include "support/image.h"

begin_guest halt_off
    start_real_mode
    cli
    hlt

end_guest halt_off
