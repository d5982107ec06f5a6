#define _GNU_SOURCE
#include "CNative.h"

#if defined(__x86_64__)
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

_Static_assert(offsetof(struct native_registers, rax) == 512, "the assembly below knows the offsets");
_Static_assert(offsetof(struct native_registers, code) == 560, "the assembly below knows the offsets");

static __thread struct native_registers *current;
static struct sigaction previous;

// clang-format off
__asm__(
    ".text\n"
    "native_enter:\n"
    "  push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n"
    "  mov %rdi, %rbx\n"
    "  mov %rsp, 552(%rbx)\n"
    "  fxrstor64 (%rbx)\n"
    "  mov 512(%rbx), %rax\n mov 520(%rbx), %rcx\n mov 528(%rbx), %rdx\n"
    "  call *560(%rbx)\n"
    "  pushfq\n popq 536(%rbx)\n"
    "  fxsave64 (%rbx)\n"
    "  mov %rax, 512(%rbx)\n mov %rcx, 520(%rbx)\n mov %rdx, 528(%rbx)\n"
    "native_recover:\n"
    "  fninit\n"
    "  movl $0x1F80, -8(%rsp)\n ldmxcsr -8(%rsp)\n"
    "  pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n"
    "  ret\n"
);
// clang-format on

void native_enter(struct native_registers *registers);
void native_recover(void);

static void on_exception(int number, siginfo_t *info, void *opaque)
{
    (void)info;
    ucontext_t *context = opaque;
    struct native_registers *registers = current;
    if (!registers) {
        sigaction(number, &previous, NULL);
        return;
    }
    memcpy(registers->fxsave, context->uc_mcontext.fpregs, sizeof registers->fxsave);
    registers->faulted = 1;
    context->uc_mcontext.gregs[REG_RSP] = (greg_t)registers->stack_pointer;
    context->uc_mcontext.gregs[REG_RIP] = (greg_t)native_recover;
    // Else the return from here would raise what is pending.
    context->uc_mcontext.fpregs->swd = 0;
}

static void install(void)
{
    struct sigaction action = {.sa_sigaction = on_exception, .sa_flags = SA_SIGINFO};
    sigaction(SIGFPE, &action, &previous);
}

int native_is_available(void) { return 1; }

const void *native_assemble(const uint8_t *bytes, int length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
    uint8_t *code =
        mmap(NULL, (size_t)length + 1, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        return NULL;
    memcpy(code, bytes, (size_t)length);
    code[length] = 0xC3;
    return code;
}

void native_call(struct native_registers *registers, const void *code)
{
    registers->code = code;
    registers->faulted = 0;
    current = registers;
    native_enter(registers);
    current = NULL;
}
#else
#include <stddef.h>

int native_is_available(void) { return 0; }

const void *native_assemble(const uint8_t *bytes, int length)
{
    (void)bytes, (void)length;
    return NULL;
}

void native_call(struct native_registers *registers, const void *code) { (void)registers, (void)code; }
#endif
