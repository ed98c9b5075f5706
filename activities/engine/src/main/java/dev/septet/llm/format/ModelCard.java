package dev.septet.llm.format;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The front matter of a README, between two lines of three dashes at its start. Only plain
 * top-level {@code name: value} lines are read, so untrusted YAML is never expanded.
 */
final class ModelCard {
    private ModelCard() {}

    static Optional<String> field(byte[] readme, String name) {
        boolean inside = false;
        for (String line : new String(readme, StandardCharsets.UTF_8).lines().toList()) {
            if (line.strip().equals("---")) {
                if (inside) {
                    break;
                }
                inside = true;
            } else if (!inside) {
                break;
            } else if (line.startsWith(name + ":")) {
                String value = line.substring(name.length() + 1).strip();
                return unquoted(value).filter(text -> !text.isEmpty());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> unquoted(String value) {
        boolean quoted = value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return Optional.of(quoted ? value.substring(1, value.length() - 1) : value);
    }
}
