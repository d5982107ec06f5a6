// The PC's timer interrupt: the two 8259 interrupt controllers and channel 0 of the 8254. Works in every mode.
#pragma once

#include "image.h"

#define PIC_MASTER_COMMAND 0x20
#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_COMMAND 0xa0
#define PIC_SLAVE_DATA 0xa1
#define PIC_END_OF_INTERRUPT 0x20

#define PIT_CHANNEL_0 0x40
#define PIT_COMMAND 0x43
#define PIT_HERTZ 1193182

#define TIMER_VECTOR 0x20
#define CLOCK_VECTOR 0x28

// Initialises both controllers, IRQ 0 at vector 0x20 and IRQ 8 at 0x28. A mask bit that is set keeps its line quiet.
.macro start_interrupt_controllers master_mask, slave_mask
    // ICW1: edge-triggered, cascaded, ICW4 follows.
    mov $0x11, %al
    out %al, $PIC_MASTER_COMMAND
    out %al, $PIC_SLAVE_COMMAND
    // ICW2: the first vector of each.
    mov $TIMER_VECTOR, %al
    out %al, $PIC_MASTER_DATA
    mov $CLOCK_VECTOR, %al
    out %al, $PIC_SLAVE_DATA
    // ICW3: the slave is connected to line 2.
    mov $0x04, %al
    out %al, $PIC_MASTER_DATA
    mov $0x02, %al
    out %al, $PIC_SLAVE_DATA
    // ICW4: 8086 mode, the handler ends each interrupt itself.
    mov $0x01, %al
    out %al, $PIC_MASTER_DATA
    out %al, $PIC_SLAVE_DATA
    // The masks.
    mov $\master_mask, %al
    out %al, $PIC_MASTER_DATA
    mov $\slave_mask, %al
    out %al, $PIC_SLAVE_DATA
.endm

// Channel 0 as a rate generator, `hertz` times a second.
.macro start_timer hertz
    mov $0x34, %al
    out %al, $PIT_COMMAND
    mov $((PIT_HERTZ / \hertz) & 0xff), %al
    out %al, $PIT_CHANNEL_0
    mov $((PIT_HERTZ / \hertz) >> 8), %al
    out %al, $PIT_CHANNEL_0
.endm

// Only the timer's line open, ticking `hertz` times a second.
.macro start_ticks hertz
    start_interrupt_controllers 0xfe, 0xff
    start_timer \hertz
.endm

// Tells the master controller that the handler has done its work. Changes AL.
.macro end_of_interrupt
    mov $PIC_END_OF_INTERRUPT, %al
    out %al, $PIC_MASTER_COMMAND
.endm

// Real mode: points an interrupt vector at a handler of this image. DS is 0.
.macro set_vector vector, handler
    movw $AT(\handler), (\vector * 4)
    movw $0, (\vector * 4 + 2)
.endm

// Real mode: opens a handler. Saves every register of the interrupted code, sets DS to 0 and points BP at what was
// saved: EDI, ESI, EBP, ESP, EBX, EDX, ECX, EAX from 0(%bp) on; then DS, IP, CS and FLAGS as named below.
#define SAVED_EDI 0
#define SAVED_ESI 4
#define SAVED_EBX 16
#define SAVED_ECX 24
#define SAVED_EAX 28
#define SAVED_DS 32
#define SAVED_IP 34
#define SAVED_FLAGS 38

.macro enter_handler
    push %ds
    pushal
    mov %sp, %bp
    xor %ax, %ax
    mov %ax, %ds
    cld
.endm

// Real mode: closes what enter_handler opened.
.macro leave_handler
    popal
    pop %ds
    iret
.endm

// Real mode, in a handler: folds the whole interrupted state (eight registers, IP, flags) into the hash.
// Changes EAX, CX, EDX, SI.
.macro fold_interrupted_state
    mov %bp, %si
    mov $8, %cx
.Lfold_register\@:
    lodsl %ss:(%si), %eax
    fold %eax
    dec %cx
    jnz .Lfold_register\@
    movzwl SAVED_IP(%bp), %eax
    fold %eax
    movzwl SAVED_FLAGS(%bp), %eax
    fold %eax
.endm
