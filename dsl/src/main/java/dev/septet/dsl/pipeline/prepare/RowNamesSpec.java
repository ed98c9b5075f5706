package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names that a dataset file uses instead of the names of its format.
 *
 * @param columns from a field of the format to the field of the file
 * @param roles from a role (system, user, assistant, call, tool) to the file's word for it
 */
public record RowNamesSpec(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> columns,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> roles) {
    /** The roles that a file may name otherwise; {@code call} is the assistant's call of a tool. */
    public static final Set<String> ROLES = Set.of("system", "user", "assistant", "call", "tool");

    public RowNamesSpec {
        columns = sorted(columns);
        roles = sorted(roles);
        require(!columns.isEmpty() || !roles.isEmpty(), "columns and roles name nothing");
        distinct(columns, "column");
        distinct(roles, "role");
        for (String role : roles.keySet()) {
            require(ROLES.contains(role), "roles knows system, user, assistant, call and tool, got '%s'", role);
        }
        for (String field : columns.keySet()) {
            require(
                    DatasetFormat.AUTO.fields().contains(field),
                    "no format has a field '%s'; columns maps a format's field to the file's",
                    field);
        }
    }

    private static Map<String, String> sorted(@Nullable Map<String, String> names) {
        return names == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(names));
    }

    private static void distinct(Map<String, String> names, String what) {
        Set<String> seen = new HashSet<>();
        for (String name : names.values()) {
            require(!name.isBlank() && name.length() <= 256, "the name of a %s has 1 to 256 characters", what);
            require(seen.add(name), "two names mean the %s '%s'", what, name);
        }
    }

    /** The first mapped field that a format does not have; empty when it has all. */
    public static Optional<String> unknown(@Nullable RowNamesSpec names, DatasetFormat format) {
        return names == null
                ? Optional.empty()
                : names.columns.keySet().stream()
                        .filter(field -> !format.fields().contains(field))
                        .findFirst();
    }
}
