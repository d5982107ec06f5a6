// boot-sector: a boot sector. Prints a line and exits; DL must name the first hard disk, as firmware leaves it.
#include "support/console.h"
#include "support/image.h"

#define FIRST_HARD_DISK 0x80
#define SIGNATURE_OFFSET 510
#define SIGNATURE 0xaa55

begin_guest boot_sector
    start_real_mode
    cmp $FIRST_HARD_DISK, %dl
    must_be_equal
    mov $AT(text), %si
    call print
    exit_with 0

console_routines

text:
    .asciz "boot sector\n"

    .fill SIGNATURE_OFFSET - (. - image), 1, 0
    .word SIGNATURE

end_guest boot_sector
