package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
 * Reads task files with the files that they include. Nothing in a file is run: {@code !function}, the only way to name
 * code, is refused with its line, and so is every other tag.
 */
final class TaskYaml {
    private static final int MOST_VALUES = 100_000;
    private static final int MOST_DEPTH = 24;
    private static final int MOST_INCLUDES = 20;

    private final BenchmarkFiles files;

    TaskYaml(BenchmarkFiles files) {
        this.files = files;
    }

    /** A file's values. Its own values win over those of included files, and later included files over earlier ones. */
    TaskValue read(String written) throws IOException {
        return read(written, new LinkedHashSet<>());
    }

    private TaskValue read(String written, Set<String> including) throws IOException {
        if (!including.add(written)) {
            throw StageProblem.invalid("benchmark: %s includes itself (%s); remove an `include`"
                    .formatted(PublicText.file(written), String.join(" -> ", including)));
        }
        if (including.size() > MOST_INCLUDES) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "benchmark: %s: more than %d files include each other",
                    PublicText.file(written),
                    MOST_INCLUDES));
        }
        TaskValue own = values(written, files.task(written));
        TaskValue include = own.get("include");
        if (include == null) {
            return own;
        }
        TaskValue merged = new TaskValue("", new LinkedHashMap<String, TaskValue>(), written, 1);
        for (TaskValue other : include.oneOrMore()) {
            TaskValue included = read(BenchmarkFiles.beside(written, other.text()), new LinkedHashSet<>(including));
            merged = merged.with(included.without("task_list"));
        }
        return merged.with(own.without("include"));
    }

    /**
     * The values of a YAML text.
     *
     * @param file its name in messages
     */
    static TaskValue values(String file, String text) {
        Node root;
        LoaderOptions limits = new LoaderOptions();
        limits.setAllowDuplicateKeys(false);
        limits.setNestingDepthLimit(MOST_DEPTH);
        limits.setMaxAliasesForCollections(MOST_INCLUDES);
        limits.setCodePointLimit((int) BenchmarkFiles.MOST_TASK_BYTES);
        try {
            root = new Yaml(new SafeConstructor(limits)).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "benchmark: %s:%d: is not valid YAML: %s",
                    PublicText.file(file),
                    line,
                    PublicText.file(String.valueOf(e.getProblem()))));
        } catch (YAMLException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw StageProblem.invalid(
                    "benchmark: %s: is not valid YAML: %s".formatted(PublicText.file(file), PublicText.file(message)));
        }
        if (!(root instanceof MappingNode)) {
            throw StageProblem.invalid(
                    "benchmark: %s: is not a task file; expected names with values, such as `task: my_task`"
                            .formatted(PublicText.file(file)));
        }
        return new Reading(file).value("", root, 0);
    }

    /** Converts nodes; aliases count as often as they are used. */
    private static final class Reading {
        private final String file;
        private int values;

        Reading(String file) {
            this.file = file;
        }

        TaskValue value(String name, Node node, int depth) {
            int line = node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
            TaskValue here = new TaskValue(name, null, file, line);
            if (++values > MOST_VALUES || depth > MOST_DEPTH) {
                throw here.refused(
                        "is too large",
                        String.format(
                                Locale.ROOT, "a file may have %d values, nested %d deep", MOST_VALUES, MOST_DEPTH));
            }
            if (node.getTag().getValue().equals("!function")) {
                throw here.refused(
                        "is code (`!function`), which Septet never runs",
                        "write it as a Jinja template, or prepare the rows before");
            }
            return new TaskValue(name, content(name, node, here, depth), file, line);
        }

        private @Nullable Object content(String name, Node node, TaskValue here, int depth) {
            if (node instanceof SequenceNode list && node.getTag().equals(Tag.SEQ)) {
                List<TaskValue> items = new ArrayList<>();
                for (Node item : list.getValue()) {
                    items.add(value(name, item, depth + 1));
                }
                return items;
            }
            if (node instanceof MappingNode map && node.getTag().equals(Tag.MAP)) {
                return map(map, here, depth);
            }
            if (node instanceof ScalarNode scalar) {
                return scalar(scalar, here);
            }
            throw here.refused("has the tag " + PublicText.file(node.getTag().getValue()), "remove the tag");
        }

        private Map<String, TaskValue> map(MappingNode map, TaskValue here, int depth) {
            Map<String, TaskValue> entries = new LinkedHashMap<>();
            for (NodeTuple entry : map.getValue()) {
                if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                    throw here.refused("has a name that is not a text", "write names as texts");
                }
                if (key.getTag().equals(Tag.MERGE)) {
                    throw here.refused("merges a mapping with `<<`", "write the values out, or use `include`");
                }
                if (entries.put(key.getValue(), value(key.getValue(), entry.getValueNode(), depth + 1)) != null) {
                    throw here.refused("has the name " + PublicText.file(key.getValue()) + " twice", "remove one");
                }
            }
            return entries;
        }

        private @Nullable Object scalar(ScalarNode scalar, TaskValue here) {
            String text = scalar.getValue();
            Tag tag = scalar.getTag();
            if (tag.equals(Tag.STR)) {
                return text;
            }
            if (tag.equals(Tag.NULL)) {
                return null;
            }
            if (tag.equals(Tag.BOOL)) {
                return Set.of("true", "yes", "on").contains(text.toLowerCase(Locale.ROOT));
            }
            try {
                if (tag.equals(Tag.INT)) {
                    return Long.valueOf(text);
                }
                if (tag.equals(Tag.FLOAT)) {
                    return Double.valueOf(text);
                }
            } catch (NumberFormatException e) {
                throw here.refused("is a number in a form that is not supported", "write it as 12 or 0.5");
            }
            if (tag.equals(Tag.TIMESTAMP)) {
                throw here.refused("is a date without quotes", "put it in quotes");
            }
            throw here.refused("has the tag " + PublicText.file(tag.getValue()), "remove the tag");
        }
    }
}
