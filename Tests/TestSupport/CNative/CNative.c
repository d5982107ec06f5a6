// The context lies at a fixed address below 2 GiB, so that it is reached whatever the registers hold.
#define _GNU_SOURCE
#include "CNative.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define CONTEXT 0x30000000ull

// Linux's segments of user mode.
#define CODE_32 0x23
#define DATA 0x2B
#define CODE_64 0x33

static struct native_context *const shared = (struct native_context *)CONTEXT;
static struct sigaction previous[5];
static const int signals[5] = {SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int open_result;
// One instruction at a time: the context and the code are shared.
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
// The instruction's stack pointer may be anything, so a signal needs a stack of its own.
static __thread uint8_t signal_stack[1 << 15] __attribute__((aligned(64)));

// clang-format off
__asm__(
    ".text\n"
    // Enters the instruction with the context's registers; the host's stack pointer is kept at context + 0x1000.
    "native_enter:\n"
    "  push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n"
    "  mov %rsp, 0x30001000\n"
    // Before FXRSTOR, which may load an exception for which FLDENV would stop.
    "  fldenv 0x300002C0\n"
    "  fxrstor64 0x300000C0\n"
    "  pushq 0x30000088\n popfq\n"
    "  mov 0x30000000, %rax\n mov 0x30000008, %rcx\n mov 0x30000010, %rdx\n mov 0x30000018, %rbx\n"
    "  mov 0x30000020, %rsp\n mov 0x30000028, %rbp\n mov 0x30000030, %rsi\n mov 0x30000038, %rdi\n"
    "  mov 0x30000040, %r8\n mov 0x30000048, %r9\n mov 0x30000050, %r10\n mov 0x30000058, %r11\n"
    "  mov 0x30000060, %r12\n mov 0x30000068, %r13\n mov 0x30000070, %r14\n mov 0x30000078, %r15\n"
    "  jmp *0x30001008\n"
    // Goes on in compatibility mode.
    "native_narrow:\n"
    "  ljmpl *0x30001010\n"
    // Where the instruction goes on behind a branch: NATIVE_BRANCH.
    "native_leave_branch:\n"
    "  movq $0x10000840, 0x30000080\n"
    // Where the instruction goes on.
    "native_leave:\n"
    "  mov %rax, 0x30000000\n mov %rcx, 0x30000008\n mov %rdx, 0x30000010\n mov %rbx, 0x30000018\n"
    "  mov %rsp, 0x30000020\n mov %rbp, 0x30000028\n mov %rsi, 0x30000030\n mov %rdi, 0x30000038\n"
    "  mov %r8, 0x30000040\n mov %r9, 0x30000048\n mov %r10, 0x30000050\n mov %r11, 0x30000058\n"
    "  mov %r12, 0x30000060\n mov %r13, 0x30000068\n mov %r14, 0x30000070\n mov %r15, 0x30000078\n"
    "  mov 0x30001000, %rsp\n"
    "  pushfq\n popq 0x30000088\n"
    "  fxsave64 0x300000C0\n"
    "  fnstenv 0x300002C0\n"
    // Where a fault goes on, with the registers already in the context.
    "native_recover:\n"
    "  mov 0x30001000, %rsp\n"
    "  cld\n"
    "  pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n"
    "  ret\n"
);
// clang-format on

void native_enter(void);
void native_narrow(void);
void native_leave(void);
void native_leave_branch(void);
void native_recover(void);

static void on_fault(int number, siginfo_t *info, void *opaque)
{
    ucontext_t *context = opaque;
    greg_t *registers = context->uc_mcontext.gregs;
    if ((uint64_t)registers[REG_RIP] - NATIVE_CODE >= 0x1000) {
        // Not the instruction's: it happens again, to whoever had the signal before.
        for (int index = 0; index < 5; index++)
            if (signals[index] == number)
                sigaction(number, &previous[index], NULL);
        return;
    }
    static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    for (int index = 0; index < 16; index++)
        shared->general[index] = (uint64_t)registers[order[index]];
    shared->rip = (uint64_t)registers[REG_RIP];
    shared->flags = (uint64_t)registers[REG_EFL];
    shared->vector = registers[REG_TRAPNO];
    shared->error_code = (uint64_t)registers[REG_ERR];
    shared->fault_address = (uint64_t)info->si_addr;
    if (context->uc_mcontext.fpregs) {
        memcpy(shared->fxsave, context->uc_mcontext.fpregs, sizeof shared->fxsave);
        // Else the return from here would raise what is pending.
        context->uc_mcontext.fpregs->swd = 0;
    }
    registers[REG_RIP] = (greg_t)native_recover;
    registers[REG_CSGSFS] = (registers[REG_CSGSFS] & ~0xFFFFll) | CODE_64;
    registers[REG_EFL] &= ~0x40500ll;
}

#define JUMP_SIZE 14
// Where 32-bit code leaves to: far jumps reach the lower 4 GiB alone.
#define NATIVE_LEAVE (NATIVE_CODE + 0x100)
#define NATIVE_LEAVE_BRANCH (NATIVE_CODE + 0x120)

// Puts jmp *0(%rip) with its target: JUMP_SIZE bytes.
static void put_jump(uint8_t *code, void (*target)(void))
{
    static const uint8_t jump[6] = {0xFF, 0x25, 0, 0, 0, 0};
    uint64_t address = (uint64_t)target;
    memcpy(code, jump, sizeof jump);
    memcpy(code + sizeof jump, &address, 8);
}

// Puts ljmp $CODE_64, $target, of 32-bit code.
static void put_far_jump(uint8_t *code, uint32_t target)
{
    static const uint16_t segment = CODE_64;
    code[0] = 0xEA;
    memcpy(code + 1, &target, 4);
    memcpy(code + 5, &segment, 2);
}

// Puts what ends an instruction behind it, and where branches go.
static void put_ends(uint8_t *code, int length, uint64_t is_narrow)
{
    if (is_narrow) {
        put_far_jump(code + length, NATIVE_LEAVE);
        put_far_jump((uint8_t *)NATIVE_BRANCH, NATIVE_LEAVE_BRANCH);
    } else {
        if (length <= NATIVE_BRANCH - NATIVE_START - JUMP_SIZE)
            put_jump((uint8_t *)NATIVE_BRANCH, native_leave_branch);
        put_jump(code + length, native_leave);
    }
}

static void set_data_segments(uint32_t selector)
{
    __asm__ volatile("mov %0, %%ds\n mov %0, %%es" : : "r"(selector));
}

static void open_once(void)
{
    open_result = 1;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    if (mmap((void *)NATIVE_CODE, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0) != (void *)NATIVE_CODE)
        return;
    if (mmap((void *)NATIVE_DATA, 2 * NATIVE_DATA_SIZE, PROT_NONE, flags, -1, 0) != (void *)NATIVE_DATA)
        return;
    if (mprotect((void *)NATIVE_DATA, NATIVE_DATA_SIZE, PROT_READ | PROT_WRITE))
        return;
    // Written first: a page that was never written may be absent, and a store's error code tells that.
    memset((void *)NATIVE_READ_ONLY, 0x5A, 0x1000);
    if (mprotect((void *)NATIVE_READ_ONLY, 0x1000, PROT_READ))
        return;
    if (mmap((void *)CONTEXT, NATIVE_STACK - CONTEXT, PROT_READ | PROT_WRITE, flags, -1, 0) != (void *)CONTEXT)
        return;
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    for (int index = 0; index < 5; index++)
        if (sigaction(signals[index], &action, &previous[index]))
            return;
    put_jump((uint8_t *)NATIVE_LEAVE, native_leave);
    put_jump((uint8_t *)NATIVE_LEAVE_BRANCH, native_leave_branch);
    open_result = 0;
}

int native_open(void)
{
    pthread_once(&once, open_once);
    return open_result;
}

void native_vendor(char *name)
{
    unsigned eax, ebx = 0, ecx = 0, edx = 0;
    __get_cpuid(0, &eax, &ebx, &ecx, &edx);
    memcpy(name, &ebx, 4);
    memcpy(name + 4, &edx, 4);
    memcpy(name + 8, &ecx, 4);
}

uint32_t native_signature(void)
{
    unsigned eax = 0, ebx, ecx, edx;
    __get_cpuid(1, &eax, &ebx, &ecx, &edx);
    return eax;
}

void native_run(struct native_context *context, const uint8_t *bytes, int length)
{
    stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack}, before;
    uint8_t host[512] __attribute__((aligned(64)));
    sigaltstack(&stack, &before);
    pthread_mutex_lock(&turn);
    __asm__ volatile("fxsave64 %0" : "=m"(host));
    uint8_t *code = (uint8_t *)NATIVE_START;
    memcpy(code, bytes, (size_t)length);
    put_ends(code, length, context->is_narrow);
    *shared = *context;
    shared->vector = -1;
    shared->rip = (uint64_t)code + (uint64_t)length;
    if (context->is_narrow) {
        *(uint64_t *)(CONTEXT + 0x1008) = (uint64_t)native_narrow;
        *(uint32_t *)(CONTEXT + 0x1010) = (uint32_t)NATIVE_START;
        *(uint16_t *)(CONTEXT + 0x1014) = CODE_32;
        set_data_segments(DATA);
        native_enter();
        set_data_segments(0);
    } else {
        *(uint64_t *)(CONTEXT + 0x1008) = (uint64_t)code;
        native_enter();
    }
    *context = *shared;
    __asm__ volatile("fxrstor64 %0" : : "m"(host));
    pthread_mutex_unlock(&turn);
    sigaltstack(&before, NULL);
}
#else
#include <pthread.h>
#include <sys/mman.h>
int native_open(void) { return 1; }
void native_vendor(char *name)
{
    for (int index = 0; index < 12; index++)
        name[index] = 0;
}
uint32_t native_signature(void) { return 0; }
void native_run(struct native_context *context, const uint8_t *bytes, int length)
{
    (void)context, (void)bytes, (void)length;
}
#endif

struct call {
    void (*function)(void *);
    void *argument;
};

static void *on_thread(void *opaque)
{
    struct call *call = opaque;
    call->function(call->argument);
    return 0;
}

long native_stack_depth(void (*function)(void *), void *argument)
{
    enum { size = 8 << 20, paint = 0xA5 };
    uint8_t *stack = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        return -1;
    for (long index = 0; index < size; index++)
        stack[index] = paint;
    struct call call = {function, argument};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, size);
    long untouched = -1;
    if (!pthread_create(&thread, &attributes, on_thread, &call)) {
        pthread_join(thread, 0);
        untouched = 0;
        while (untouched < size && stack[untouched] == paint)
            untouched++;
    }
    pthread_attr_destroy(&attributes);
    munmap(stack, size);
    return untouched < 0 ? -1 : size - untouched;
}
