public import ArgumentParser
public import Engine

extension HiddenReadPolicy.Treatment: ExpressibleByArgument {}
