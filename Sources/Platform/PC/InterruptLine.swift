/// Lines of a PC's interrupt controllers.
public enum InterruptLine {
    /// The interval timer.
    public static let timer = 0
    /// The keyboard.
    public static let keyboard = 1
    /// The serial port COM2.
    public static let serial2 = 3
    /// The serial port COM1.
    public static let serial1 = 4
    /// The real-time clock.
    public static let realTimeClock = 8
    /// The power management.
    public static let power = 9
    /// The mouse.
    public static let mouse = 12
    /// The first channel of the IDE controller.
    public static let idePrimary = 14
    /// The second channel of the IDE controller.
    public static let ideSecondary = 15
}
