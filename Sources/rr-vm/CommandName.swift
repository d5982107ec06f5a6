import ArgumentParser

/// The names of commands.
enum CommandName {
    /// How many letters may be wrong in a name that is recognised.
    private static let mostMistakes = 2

    /// What to say to a word that is no command: which one was probably meant.
    static func refusal(of word: String, commands: [any ParsableCommand.Type]) -> String? {
        let names = commands.compactMap { $0.configuration.commandName } + ["help"]
        guard !word.hasPrefix("-"), !names.contains(word) else { return nil }
        let nearest = names.map { (name: $0, mistakes: mistakes($0, word)) }.min { $0.mistakes < $1.mistakes }
        guard let nearest, nearest.mistakes <= mostMistakes, nearest.mistakes < word.count else {
            return "there is no command '\(word)': 'rr-vm --help' lists them"
        }
        return "there is no command '\(word)': did you mean 'rr-vm \(nearest.name)'?"
    }

    /// How many letters must be put in, left out, replaced or swapped with the next one to make one word of the other
    /// (optimal string alignment).
    private static func mistakes(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one.unicodeScalars), Array(other.unicodeScalars.prefix(64)))
        var rows = [Array(0...other.count)]
        for i in one.indices {
            var row = [i + 1]
            for j in other.indices {
                var cost = min(row[j], rows[i][j + 1]) + 1
                cost = min(cost, rows[i][j] + (one[i] == other[j] ? 0 : 1))
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    cost = min(cost, rows[i - 1][j - 1] + 1)
                }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
