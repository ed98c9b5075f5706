package dev.septet.dsl.bind;

import dev.septet.dsl.problem.SourceLocation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The constants that {@code def} defines, block by block. */
final class Constants {
    private final @Nullable Constants outer;
    private final Map<String, Constant> own = new HashMap<>();

    private Constants(@Nullable Constants outer) {
        this.outer = outer;
    }

    /** The constants of a file. */
    static Constants ofFile() {
        return new Constants(null);
    }

    /** The constants of a nested block, which also sees the outer ones. */
    Constants inner() {
        return new Constants(this);
    }

    /**
     * A constant.
     *
     * @param value empty when it could not be evaluated; its problem is then reported
     */
    public record Constant(Optional<Object> value, SourceLocation at) {}

    /** The constant with this name, in this block or an outer one. */
    Optional<Constant> find(String name) {
        for (var scope = this; scope != null; scope = scope.outer) {
            Constant constant = scope.own.get(name);
            if (constant != null) {
                return Optional.of(constant);
            }
        }
        return Optional.empty();
    }

    void define(String name, Constant constant) {
        own.put(name, constant);
    }

    /** Every name that is visible here. */
    List<String> names() {
        var names = new ArrayList<String>();
        for (var scope = this; scope != null; scope = scope.outer) {
            scope.own.keySet().stream().sorted().forEach(names::add);
        }
        return names;
    }
}
