// soft: what Benchmarks/soft.sh measures processors with, one of five pieces of 64-bit code. A Multiboot program, so that
// QEMU starts the same file. Prints a number that follows from all that it computed; exits with code 0.
//
// WORK says which piece: 1 computes, 2 loads, stores and branches, 3 calls and returns, 4 goes through BLOCKS blocks of
// BLOCK_SIZE bytes, each in another page than the one before. It is repeated TURNS times. How many instructions a turn is stands
// beside it.
#define PROGRAM_MEMORY 0xc00000

#include "support/console.h"
#include "support/image.h"
#include "support/program.h"

#define HEADER_MAGIC 0x1badb002

// Below the program: page tables, stack and data.
#define PAGE_TABLES 0x1000
#define STACK 0x9000
#define DATA 0x20000

#define CODE_64 0x08
#define DATA_SEGMENT 0x10
#define PAGE_PRESENT_WRITABLE 0x03
#define PAGE_LARGE 0x80
#define CR0_PROTECTION_AND_PAGING 0x80000001
#define CR4_PHYSICAL_ADDRESS_EXTENSION 0x20
#define EFER 0xc0000080
#define EFER_LONG_MODE_ENABLE 0x100

begin_guest soft
    elf32_header start
    elf_headers_end
    .balign 4
    .long HEADER_MAGIC, 0, -HEADER_MAGIC

    .code32
start:
    cli
    cld
    mov $STACK, %esp

    // Three page tables: the first 1 GiB of memory in 2 MiB pages.
    xor %eax, %eax
    mov $PAGE_TABLES, %edi
    mov $(3 * 0x1000 / 4), %ecx
    rep stosl
    movl $(PAGE_TABLES + 0x1000 + PAGE_PRESENT_WRITABLE), PAGE_TABLES
    movl $(PAGE_TABLES + 0x2000 + PAGE_PRESENT_WRITABLE), PAGE_TABLES + 0x1000
    mov $(PAGE_TABLES + 0x2000), %edi
    mov $(PAGE_LARGE + PAGE_PRESENT_WRITABLE), %eax
map_page:
    mov %eax, (%edi)
    add $0x200000, %eax
    add $8, %edi
    cmp $(PAGE_TABLES + 0x3000), %edi
    jne map_page

    lgdt AT(descriptor_table_pointer)
    mov $CR4_PHYSICAL_ADDRESS_EXTENSION, %eax
    mov %eax, %cr4
    mov $PAGE_TABLES, %eax
    mov %eax, %cr3
    mov $EFER, %ecx
    rdmsr
    or $EFER_LONG_MODE_ENABLE, %eax
    wrmsr
    mov %cr0, %eax
    or $CR0_PROTECTION_AND_PAGING, %eax
    mov %eax, %cr0
    ljmp $CODE_64, $AT(wide)

    .code64
wide:
    mov $DATA_SEGMENT, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $DATA, %esi
    mov $1, %eax
    mov $2, %ebx
    xor %edx, %edx
    xor %edi, %edi
    xor %ebp, %ebp
    mov $TURNS, %ecx

    .balign 64, 0x90
#if WORK == 1
    // 16 instructions.
turn:
    mov %rax, %rdx
    shl $13, %rdx
    xor %rdx, %rax
    mov %rax, %rdx
    shr $7, %rdx
    xor %rdx, %rax
    lea 5(%rax, %rax, 2), %rbx
    add %rbx, %rbp
    sub %rax, %rdi
    and $0xffff, %ebx
    or $1, %ebx
    imul %rbx, %rdi
    inc %edx
    movzbl %dl, %edx
    dec %rcx
    jnz turn
#elif WORK == 2
    // 16 instructions, with either way through the branch.
turn:
    mov (%rsi, %rdi, 8), %rax
    add %rax, %rbx
    test $4, %cl
    jz even
    lea 7(%rbx), %rbx
    jmp store
even:
    sub $3, %rbx
    nop
store:
    mov %rbx, (%rsi, %rdi, 8)
    movzbl 1(%rsi, %rdi, 8), %edx
    mov %edx, 0x8000(%rsi, %rdi, 4)
    add %dl, 0x8000(%rsi, %rdi, 4)
    cmp 8(%rsi, %rdi, 8), %rax
    jb lower
lower:
    inc %edi
    and $0xfff, %edi
    dec %rcx
    jnz turn
#elif WORK == 3
    // 18 instructions, three of them calls and three returns.
turn:
    call leaf
    call branch
    dec %rcx
    jnz turn
    jmp report
branch:
    push %rbx
    call leaf
    pop %rbx
    ret
leaf:
    push %rax
    add %rcx, %rbx
    lea (%rbx, %rbp, 2), %rbp
    pop %rax
    ret
#else
    // 7 instructions a block, and 2 a turn.
    jmp blocks
turn:
    dec %rcx
    jnz blocks
    jmp report

    .balign BLOCK_SIZE
blocks:
    .set number, 0
    .rept BLOCKS
    .balign BLOCK_SIZE
    add $(number + 1), %eax
    mov 8 * (number % 512)(%rsi), %rdx
    xor %rax, %rdx
    mov %rdx, 8 * (number % 512)(%rsi)
    lea (%rdx, %rbp), %rbp
    test %edx, %edx
    // An order that comes to each block once and back to the first, as 20 is divisible by 4 and all prime factors of BLOCKS.
    .set number, number + 1
    .set following, ((number - 1) * 21 + 4001) % BLOCKS
    .if following == 0
    jmp turn
    .else
    jmp blocks + following * BLOCK_SIZE
    .endif
    .endr
#endif

report:
    add %rbx, %rbp
    add %rdi, %rbp
    mov %rbp, %rax
    shr $32, %rax
    call print_hex
    mov %ebp, %eax
    call print_hex
    call print_newline
    exit_with 0

console_routines

    .balign 8
descriptors:
    .quad 0
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
descriptor_table_pointer:
    .word descriptor_table_pointer - descriptors - 1
    .long AT(descriptors)

end_program
end_guest soft
