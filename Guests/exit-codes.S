// exit-codes: exits with the first byte waiting on COM1 as its code, or with 42 if none is waiting.
#include "support/console.h"
#include "support/image.h"

begin_guest exit_codes
    start_real_mode

    // Is a byte waiting?
    mov $COM1_LINE_STATUS, %dx
    in (%dx), %al
    test $LINE_DATA_READY, %al
    mov $42, %al
    jz done

    // It is the code.
    mov $COM1_DATA, %dx
    in (%dx), %al
done:
    out %al, $EXIT_PORT
    cli
    hlt

end_guest exit_codes
