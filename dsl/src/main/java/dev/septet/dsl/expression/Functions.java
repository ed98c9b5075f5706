package dev.septet.dsl.expression;

import java.util.List;
import java.util.stream.Stream;

/** The functions of expressions: the only ones there are. */
public final class Functions {
    private static final List<Function> ALL = Stream.concat(TextFunctions.ALL.stream(), OtherFunctions.ALL.stream())
            .toList();

    private Functions() {}

    /** All of them, by the kind of value they follow. */
    public static List<Function> all() {
        return ALL;
    }

    /** Those of this name that may follow a value of this kind. */
    static List<Function> named(String name, Type target) {
        return ALL.stream()
                .filter(f -> f.name().equals(name) && target.mayBe(f.of()))
                .toList();
    }

    /** Names of those that may follow a value of this kind. */
    static List<String> names(Type target) {
        return ALL.stream()
                .filter(f -> target.mayBe(f.of()))
                .map(Function::name)
                .distinct()
                .toList();
    }
}
