/// Which rr-vm this is.
enum Version {
    static let text = "0.1.0"

    /// How traces name the program that made them.
    static let recorder = "rr-vm \(text)"
}
