// page-borders: makes exits with instructions that begin at the first byte of a page, end at the last, or cross a page
// boundary, each after an exit elsewhere; the last ones are at the end of the segment. The recorder looks for code from
// each.
#include "support/console.h"
#include "support/image.h"

// Pages to which the guest writes its code.
#define FIRST_PAGE 0x9000
#define LAST_PAGE 0xa000
// OUT DX, AL and OUT imm8, AL; a return.
#define OUT_DX 0xee
#define OUT_PORT 0xe6
#define RETURN 0xc3

// Writes code to an address and calls it, once after an exit.
.macro call_at place, code:vararg
    mov $AT(.Lcode\@), %si
    mov $\place, %di
    mov $(.Lend\@ - .Lcode\@), %cx
    rep movsb
    mov $POST_PORT, %dx
    mov $\place, %ax
    out %al, %dx
    call *%ax
    jmp .Lend\@
.Lcode\@:
    .byte \code
.Lend\@:
.endm

begin_guest page_borders
    start_real_mode
    call_at FIRST_PAGE, OUT_DX, RETURN
    call_at FIRST_PAGE - 1, OUT_DX, RETURN
    call_at FIRST_PAGE, OUT_PORT, POST_PORT, RETURN
    call_at FIRST_PAGE - 1, OUT_PORT, POST_PORT, RETURN
    call_at FIRST_PAGE - 2, OUT_PORT, POST_PORT, RETURN
    // A byte that looks like the opcode of another OUT before the first of a page.
    movb $OUT_PORT, LAST_PAGE - 1
    call_at LAST_PAGE, OUT_DX, RETURN
    // RDTSC, behind a prefix too, at the beginning, the end and across.
    call_at LAST_PAGE, OUT_DX, 0x0f, 0x31, RETURN
    call_at LAST_PAGE - 2, OUT_DX, 0x0f, 0x31, RETURN
    call_at LAST_PAGE - 2, OUT_DX, 0x66, 0x0f, 0x31, RETURN
    call_at LAST_PAGE - 3, OUT_DX, 0x0f, 0x31, RETURN
    // The last bytes of the segment.
    call_at 0xfffe, OUT_DX, RETURN
    call_at 0xfffd, OUT_PORT, POST_PORT, RETURN
    call_at 0xfffc, OUT_DX, 0x0f, 0x31, RETURN

    mov $AT(text), %si
    call print
    exit_with 0

console_routines

text:
    .asciz "at the borders of pages\n"

end_guest page_borders
