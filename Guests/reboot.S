// reboot: resets the machine in every way there is, one at each start: by port 0xCF9, by port 0x92, by the keyboard
// controller, by an INIT that it sends itself, and by a shutdown of the processor. The clock's memory counts the
// starts. At each start the image is as it was loaded, other memory is as the previous start left it, and devices and
// registers are reset. Prints the number of each start; exits with code 0 at the last.
#include "support/apic.h"
#include "support/cmos.h"
#include "support/console.h"
#include "support/flat-fs.h"
#include "support/image.h"
#include "support/protected-mode.h"

// A byte of the clock's memory that nobody else uses.
#define CMOS_STARTS 0x50
// Also counts the starts, in memory to which no image is loaded.
#define STARTS SCRATCH

#define RESET_CONTROL 0xcf9
#define HARD_RESET 0x02
#define RESET 0x04
#define SYSTEM_CONTROL_A 0x92
#define ADDRESS_LINE_20 0x02
#define FAST_RESET 0x01
#define KEYBOARD_COMMAND 0x64
#define PULSE_RESET 0xfe
// INIT, asserted, to the processor with APIC number 0.
#define LOCAL_APIC_COMMAND_HIGH (LOCAL_APIC + 0x310)
#define SEND_INIT 0x4500

#define PIC_MASTER_MASK 0x21
#define SYSENTER_CODE_SEGMENT 0x174
#define NEVER_A_START 0x5a
// Past the end of the descriptor table.
#define NO_SEGMENT 0xfff8

begin_guest reboot
    start_real_mode
    open_flat_fs

    // This image is a new one.
    cmpb $0, AT(spoilt)
    must_be_equal
    movb $1, AT(spoilt)

    // The interrupt controller has lost its mask, and the processor its register.
    in $PIC_MASTER_MASK, %al
    cmp $NEVER_A_START, %al
    je wrong
    mov $NEVER_A_START, %al
    out %al, $PIC_MASTER_MASK
    mov $SYSENTER_CODE_SEGMENT, %ecx
    rdmsr
    test %eax, %eax
    jnz wrong
    mov $8, %eax
    wrmsr

    // Memory and the clock's memory have the same count.
    cmos_read CMOS_STARTS
    mov %al, %bl
    mov $STARTS, %edi
    cmp %bl, %fs:(%edi)
    must_be_equal
    incb %fs:(%edi)
    mov $CMOS_STARTS, %al
    out %al, $CMOS_INDEX
    mov %bl, %al
    inc %al
    out %al, $CMOS_DATA

    mov %bl, %al
    add $'0', %al
    call print_character
    cmp $1, %bl
    jb by_reset_control
    je by_fast_reset
    cmp $3, %bl
    jb by_keyboard_controller
    je by_message
    cmp $5, %bl
    jb by_shutdown
    call print_newline
    exit_with 0
wrong:
    exit_with 2

by_reset_control:
    mov $RESET_CONTROL, %dx
    mov $HARD_RESET, %al
    out %al, (%dx)
    mov $(HARD_RESET + RESET), %al
    out %al, (%dx)
    jmp not_reset

by_fast_reset:
    mov $(ADDRESS_LINE_20 + FAST_RESET), %al
    out %al, $SYSTEM_CONTROL_A
    jmp not_reset

by_keyboard_controller:
    mov $PULSE_RESET, %al
    out %al, $KEYBOARD_COMMAND
    jmp not_reset

by_message:
    store_flat LOCAL_APIC_COMMAND_HIGH, 0
    store_flat LOCAL_APIC_COMMAND, SEND_INIT
    jmp not_reset

not_reset:
    exit_with 3

    // No vector has a handler.
by_shutdown:
    enter_protected_mode flat

console_routines

flat:
    start_protected_mode
    lidt AT(no_interrupt_table)
    mov $NO_SEGMENT, %eax
    mov %eax, %ds

flat_fs_storage
flat_descriptors
descriptors_end

spoilt:
    .byte 0
no_interrupt_table:
    .word 0
    .long 0

end_guest reboot
