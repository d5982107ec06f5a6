/// A general register, numbered as instructions encode it (Intel SDM vol. 2, table 2-2).
public enum GeneralRegister: Int, CaseIterable, Sendable {
    case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
}
