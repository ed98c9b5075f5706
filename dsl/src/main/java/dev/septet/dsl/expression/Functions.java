package dev.septet.dsl.expression;

import java.util.List;
import java.util.stream.Stream;

/** The functions of expressions. Expressions can call no others. */
public final class Functions {
    private static final List<Function> ALL = Stream.concat(TextFunctions.ALL.stream(), OtherFunctions.ALL.stream())
            .toList();

    private Functions() {}

    /** All functions, by the type of the value that they are called on. */
    public static List<Function> all() {
        return ALL;
    }

    /** The functions of this name that may be called on a value of this type. */
    static List<Function> named(String name, Type target) {
        return ALL.stream()
                .filter(f -> f.name().equals(name) && target.mayBe(f.of()))
                .toList();
    }

    /** Names of the functions that may be called on a value of this type. */
    static List<String> names(Type target) {
        return ALL.stream()
                .filter(f -> target.mayBe(f.of()))
                .map(Function::name)
                .distinct()
                .toList();
    }
}
