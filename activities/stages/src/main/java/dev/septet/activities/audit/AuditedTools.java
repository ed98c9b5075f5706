package dev.septet.activities.audit;

import java.util.List;

/**
 * The tools that a request offered to the model.
 *
 * @param names names of the functions, in their order
 * @param digest sha256 of the field {@code tools} as the server read it
 */
public record AuditedTools(List<String> names, String digest) {
    public AuditedTools {
        names = List.copyOf(names);
    }
}
