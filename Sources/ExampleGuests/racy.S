// The guest of `rr-vm example racy`: the bug that rr-vm exists to catch. The main loop and the timer's handler both add
// to one counter. The main loop does it in three instructions, and a tick between the first and the last is lost. Most
// runs are lucky. The others say so and exit with code 1.
//
// The file is an ELF program with a Multiboot 1 header and a table of its names, laid out by hand, so that it needs no
// linker and is the same wherever it is built. The assembler sees it as data of the host program: an address inside the
// guest is never the symbol itself, but its distance from the start plus LOAD_ADDRESS.

#define LOAD_ADDRESS 0x100000
#define MEMORY_SIZE 0x20000
#define STACK_TOP LOAD_ADDRESS + MEMORY_SIZE
#define INTERRUPT_TABLE LOAD_ADDRESS + 0x10000
#define AT(label) LOAD_ADDRESS - image + label

#define TICKS 4
#define PAUSE 60

#define TIMER_VECTOR 0x20
#define PIC_COMMAND 0x20
#define PIC_DATA 0x21
#define SLAVE_DATA 0xa1
#define PIT_CHANNEL_0 0x40
#define PIT_COMMAND 0x43
#define COM1_DATA 0x3f8
#define COM1_LINE_STATUS 0x3fd
#define EXIT_PORT 0xf4

// Multiboot Specification 0.6.96, 3.1: pages aligned, memory described.
#define HEADER_MAGIC 0x1badb002
#define HEADER_FLAGS 0x03

    .section .rodata
    .balign 16
    .globl example_racy_start
example_racy_start:
image:
    // ELF header: 32 bits, little-endian, executable, 80386.
    .byte 0x7f, 'E', 'L', 'F', 1, 1, 1, 0
    .quad 0
    .word 2, 3
    .long 1, AT(start), segments - image, sections - image, 0
    .word 52, 32, 1, 40, (sections_end - sections) / 40, 3
segments:
    .long 1, 0, LOAD_ADDRESS, LOAD_ADDRESS, loaded_end - image, MEMORY_SIZE, 7, 4096
    .long HEADER_MAGIC, HEADER_FLAGS, -(HEADER_MAGIC + HEADER_FLAGS)

    .code32
start:
    mov $STACK_TOP, %esp

    // A flat code segment, and data segments to match.
    lgdt AT(gdt_register)
    ljmp $8, $AT(reload)
reload:
    mov $16, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss

    // One interrupt gate, for the timer.
    mov $AT(on_tick), %eax
    mov $(0x8 << 16), %ebx
    mov %ax, %bx
    mov %ebx, INTERRUPT_TABLE + TIMER_VECTOR * 8
    xor %ax, %ax
    or $0x8e00, %eax
    mov %eax, INTERRUPT_TABLE + TIMER_VECTOR * 8 + 4
    lidt AT(idt_register)

    // Both interrupt controllers, with only the timer's line open, and 1000 ticks a second.
    mov $0x11, %al
    out %al, $PIC_COMMAND
    mov $TIMER_VECTOR, %al
    out %al, $PIC_DATA
    mov $0x04, %al
    out %al, $PIC_DATA
    mov $0x01, %al
    out %al, $PIC_DATA
    mov $0xfe, %al
    out %al, $PIC_DATA
    mov $0xff, %al
    out %al, $SLAVE_DATA
    mov $0x34, %al
    out %al, $PIT_COMMAND
    mov $0xa9, %al
    out %al, $PIT_CHANNEL_0
    mov $0x04, %al
    out %al, $PIT_CHANNEL_0

    sti
count:
    incl AT(added)
    mov AT(counter), %eax
    inc %eax
    mov %eax, AT(counter)

    // Something else to do, for most of the time.
    mov $PAUSE, %ecx
pause_a_while:
    dec %ecx
    jnz pause_a_while
    cmpl $TICKS, AT(ticks)
    jb count

    // What the two added must be there.
    cli
    call check
stop:
    hlt
    jmp stop

// Ends the run with 0 if the counter is what the main loop and the ticks have added, else with 1.
check:
    push %ebp
    mov %esp, %ebp
    mov AT(added), %ecx
    add AT(ticks), %ecx
    xor %ebx, %ebx
    mov $AT(kept), %esi
    cmp %ecx, AT(counter)
    je say
    inc %ebx
    mov $AT(lost), %esi
say:
    call print
    mov %ebx, %eax
    out %eax, $EXIT_PORT
    pop %ebp
    ret

on_tick:
    push %eax
    incl AT(counter)
    incl AT(ticks)
    mov $0x20, %al
    out %al, $PIC_COMMAND
    pop %eax
    iret

// Prints the text at ESI.
print:
    push %ebp
    mov %esp, %ebp
next_character:
    lodsb
    test %al, %al
    jz printed
    mov %al, %ah
    mov $COM1_LINE_STATUS, %edx
busy:
    in (%dx), %al
    test $0x20, %al
    jz busy
    mov %ah, %al
    mov $COM1_DATA, %edx
    out %al, (%dx)
    jmp next_character
printed:
    pop %ebp
    ret

    .balign 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_register:
    .word 23
    .long AT(gdt)
idt_register:
    .word TIMER_VECTOR * 8 + 7
    .long INTERRUPT_TABLE
counter:
    .long 0
ticks:
    .long 0
added:
    .long 0
kept:
    .asciz "every addition is there\n"
lost:
    .asciz "an addition was lost\n"
loaded_end:

    // Sections: none, the code, the names' table and the names, which serve the sections too.
    .balign 4
sections:
    .fill 40, 1, 0
    .long name_text - names, 1, 7, LOAD_ADDRESS, 0, loaded_end - image, 0, 0, 4, 0
    .long name_symtab - names, 2, 0, 0, symbols - image, symbols_end - symbols, 3, 9, 4, 16
    .long name_strtab - names, 3, 0, 0, names - image, names_end - names, 0, 0, 1, 0
sections_end:

// A symbol: its name, its address, its size; FUNC is 2 and OBJECT is 1.
.macro symbol label, end, kind
    .long name_\label - names, AT(\label), \end - \label
    .byte \kind, 0
    .word 1
.endm
symbols:
    .fill 16, 1, 0
    symbol start, count, 2
    symbol count, check, 2
    symbol check, on_tick, 2
    symbol on_tick, print, 2
    symbol print, gdt, 2
    symbol counter, ticks, 1
    symbol ticks, added, 1
    symbol added, kept, 1
symbols_end:
names:
    .byte 0
name_text:      .asciz ".text"
name_symtab:    .asciz ".symtab"
name_strtab:    .asciz ".strtab"
name_start:     .asciz "start"
name_count:     .asciz "count"
name_check:     .asciz "check"
name_on_tick:   .asciz "on_tick"
name_print:     .asciz "print"
name_counter:   .asciz "counter"
name_ticks:     .asciz "ticks"
name_added:     .asciz "added"
names_end:

    .globl example_racy_end
example_racy_end:
    .section .note.GNU-stack, "", @progbits
