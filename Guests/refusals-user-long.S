// refusals-user-long: addresses that are not canonical, limits and rights of segments, and the error code of an access that
// reads and writes, in ring 3 of 64-bit and of compatibility mode. Not every emulator has them as the processor does.
#include "support/experiments-64.h"

#define NOT_CANONICAL 0x0000800000001000
#define SMALL_DATA 0x53

begin_experiments_64 refusals_user_long
    mov $NOT_CANONICAL, %r12
    mov $0x40000000, %ebp
    user_raises "write to an absent page, after a read of it", "0e.0006 002b+00 00002 0023:8000 cr2 40000000", incl (%rbp)
    mov $NOT_CANONICAL - 0x1004, %rbp
    user_raises "load across the hole", "0c.0000 002b+00 00002 0023:8000", mov (%rbp), %rax
    mov $NOT_CANONICAL, %rbp
    user_raises "load by RBP", "0c.0000 002b+00 00002 0023:8000", mov (%rbp), %rax
    begin "PUSH", "0c.0000 002b+03 00002 0023:1000"
    enter_user
    mov %r12, %rsp
    push %rax
    end
    begin "narrow, across the limit", "0d.0000 001b+07 00002 0023:8000"
    enter_user code = USER_CODE_32
    .code32
    mov $SMALL_DATA, %eax
    mov %eax, %es
    mov %es:0xffd, %eax
    .code64
    end
    begin "narrow, through null", "0d.0000 001b+04 00002 0023:8000"
    enter_user code = USER_CODE_32
    .code32
    xor %eax, %eax
    mov %eax, %es
    mov %es:0xff0, %eax
    .code64
    end
    begin "narrow, stack across the limit", "0c.0000 001b+0c 00002 0053:0ffe"
    enter_user code = USER_CODE_32
    .code32
    mov $SMALL_DATA, %eax
    mov %eax, %ss
    mov $0xffe, %esp
    pop %eax
    .code64
    end
    narrow_raises "narrow, write to code", "0d.0000 001b+00 00002 0023:8000", movl $0, %cs:NOTES + 0x800

end_experiments_64
    .quad 0x0040f30000000fff

end_descriptors_64 refusals_user_long
