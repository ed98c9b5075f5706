package dev.septet.workers.cli.create;

import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value of a YAML configuration, with its place. A file is hostile until it is read: its size, depth and aliases are
 * bounded, and no tag makes an object.
 *
 * @param file the name of the file in messages
 * @param line the line of the value's key, or of the value in a list
 * @param key the path of the key, such as {@code datasets[0].path}
 * @param content a text, a map, a list, or null
 */
record ConfigValue(
        String file, int line, String key, @Nullable Object content) {
    private static final long MOST_BYTES = 1 << 20;
    private static final int MOST_DEPTH = 24;
    private static final int MOST_ALIASES = 20;
    private static final int MOST_VALUES = 20_000;

    /**
     * Reads a file.
     *
     * @throws CliProblem NOT_FOUND without such a file, RUN_FAILED when it is not a configuration
     */
    static ConfigValue read(Path path) {
        String file = path.toString();
        try {
            if (!Files.isRegularFile(path)) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "%s %s"
                                .formatted(
                                        PublicText.file(file),
                                        Files.exists(path) ? "is not a file" : "does not exist"));
            }
            if (Files.size(path) > MOST_BYTES) {
                throw refused(file, 1, "is larger than 1 MB, which no configuration is");
            }
            return of(file, Files.readString(path));
        } catch (java.nio.charset.CharacterCodingException e) {
            throw refused(file, 1, "is not a text in UTF-8");
        } catch (IOException e) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED, "%s cannot be read: %s".formatted(PublicText.file(file), PublicText.of(e)));
        }
    }

    /** Reads a text. */
    static ConfigValue of(String file, String text) {
        LoaderOptions limits = new LoaderOptions();
        limits.setAllowDuplicateKeys(false);
        limits.setNestingDepthLimit(MOST_DEPTH);
        limits.setMaxAliasesForCollections(MOST_ALIASES);
        limits.setCodePointLimit((int) MOST_BYTES);
        Node root;
        try {
            root = new Yaml(new SafeConstructor(limits)).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw refused(file, line, "is not valid YAML: " + Quote.plain(String.valueOf(e.getProblem())));
        } catch (YAMLException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw refused(file, 1, "is not valid YAML: " + Quote.plain(message));
        }
        if (!(root instanceof MappingNode)) {
            throw refused(file, 1, "has no keys; expected a configuration such as `base_model: owner/name`");
        }
        return new Reading(file).value("", 1, root, 0);
    }

    /** Whether the key has no value. */
    boolean isEmpty() {
        return content == null
                || (content instanceof String text && text.isBlank())
                || (content instanceof List<?> list && list.isEmpty())
                || (content instanceof Map<?, ?> map && map.isEmpty());
    }

    /** The values of a map. */
    Map<String, ConfigValue> entries() {
        if (!(content instanceof Map<?, ?>)) {
            throw expected("keys with values");
        }
        @SuppressWarnings("unchecked")
        Map<String, ConfigValue> entries = (Map<String, ConfigValue>) content;
        return entries;
    }

    boolean isMap() {
        return content instanceof Map;
    }

    /** The items of a list; a single value is a list of one. */
    List<ConfigValue> items() {
        if (content instanceof List<?>) {
            @SuppressWarnings("unchecked")
            List<ConfigValue> items = (List<ConfigValue>) content;
            return items;
        }
        return List.of(this);
    }

    String text() {
        if (!(content instanceof String text)) {
            throw expected("a text");
        }
        return text;
    }

    /** The text of a scalar; empty for lists and maps. */
    Optional<String> scalar() {
        return content instanceof String text ? Optional.of(text) : Optional.empty();
    }

    boolean flag() {
        return switch (text().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw expected("true or false");
        };
    }

    double number() {
        try {
            double number = Double.parseDouble(text().length() > 40 ? "x" : text().replace("_", ""));
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // reported below
        }
        throw expected("a number");
    }

    int whole() {
        double number = number();
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw expected("a whole number");
        }
        return (int) number;
    }

    private CliProblem expected(String what) {
        return refused(
                file,
                line,
                "%s: expected %s, got %s"
                        .formatted(
                                Quote.code(key),
                                what,
                                content instanceof String text
                                        ? Quote.code(text)
                                        : content == null ? "nothing" : content instanceof List ? "a list" : "keys"));
    }

    static CliProblem refused(String file, int line, String reason) {
        return new CliProblem(
                ExitCode.RUN_FAILED, String.format(Locale.ROOT, "%s:%d: %s", PublicText.file(file), line, reason));
    }

    /** Converts nodes; aliases count as often as they are used. */
    private static final class Reading {
        private final String file;
        private int values;

        Reading(String file) {
            this.file = file;
        }

        ConfigValue value(String key, int line, Node node, int depth) {
            if (++values > MOST_VALUES || depth > MOST_DEPTH) {
                throw refused(file, line, "has too many values; aliases count as often as they are used");
            }
            return new ConfigValue(file, line, key, content(key, line, node, depth));
        }

        private @Nullable Object content(String key, int line, Node node, int depth) {
            if (node instanceof ScalarNode scalar && scalar.getTag().getValue().startsWith(Tag.PREFIX)) {
                return scalar.getTag().equals(Tag.NULL) ? null : scalar.getValue();
            }
            if (node instanceof SequenceNode list && node.getTag().equals(Tag.SEQ)) {
                List<ConfigValue> items = new ArrayList<>();
                for (Node item : list.getValue()) {
                    items.add(value(key + "[" + items.size() + "]", lineOf(item), item, depth + 1));
                }
                return items;
            }
            if (node instanceof MappingNode map && node.getTag().equals(Tag.MAP)) {
                return map(key, map, depth);
            }
            throw refused(
                    file,
                    line,
                    "%s has the tag %s, which makes an object; remove the tag"
                            .formatted(Quote.code(key), Quote.code(node.getTag().getValue())));
        }

        private Map<String, ConfigValue> map(String key, MappingNode map, int depth) {
            Map<String, ConfigValue> entries = new LinkedHashMap<>();
            for (NodeTuple entry : map.getValue()) {
                int line = lineOf(entry.getKeyNode());
                if (!(entry.getKeyNode() instanceof ScalarNode name)) {
                    throw refused(file, line, "a key is not a text");
                }
                if (name.getTag().equals(Tag.MERGE)) {
                    // Own keys win over merged ones, wherever they stand.
                    value(key, line, entry.getValueNode(), depth + 1).merged().forEach(entries::putIfAbsent);
                    continue;
                }
                String path = key.isEmpty() ? name.getValue() : key + "." + name.getValue();
                ConfigValue read = value(path, line, entry.getValueNode(), depth + 1);
                ConfigValue before = entries.put(name.getValue(), read);
                if (before != null && before.key().equals(path)) {
                    throw refused(file, line, "%s is set twice; remove one".formatted(Quote.code(path)));
                }
            }
            return entries;
        }

        private static int lineOf(Node node) {
            return node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
        }
    }

    private Map<String, ConfigValue> merged() {
        Map<String, ConfigValue> all = new LinkedHashMap<>();
        for (ConfigValue each : items()) {
            each.entries().forEach(all::putIfAbsent);
        }
        return all;
    }
}
