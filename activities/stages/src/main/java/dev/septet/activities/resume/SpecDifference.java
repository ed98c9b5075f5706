package dev.septet.activities.resume;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One setting with different values in two pipeline files.
 *
 * @param changed the first file with the second file's value of this setting
 * @param leaves the values inside it that differ
 */
record SpecDifference(PipelineSpec changed, List<Leaf> leaves) {
    private static final int LONGEST = 60;

    /** One value; null when a file does not set it. */
    record Leaf(String path, @Nullable String was, @Nullable String now) {}

    /** All differences, ordered by name. */
    static List<SpecDifference> between(PipelineSpec was, PipelineSpec now) {
        List<SpecDifference> all = new ArrayList<>();
        ObjectNode first = SpecJson.mapper().valueToTree(was);
        ObjectNode second = SpecJson.mapper().valueToTree(now);
        for (String block : names(first, second)) {
            JsonNode before = first.path(block);
            JsonNode after = second.path(block);
            if (before.isObject() && after.isObject()) {
                for (String word : names(before, after)) {
                    add(all, first, block, word, before.path(word), after);
                }
            } else if (!before.equals(after)) {
                all.add(new SpecDifference(read(with(first, block, after)), leaves(block, before, after)));
            }
        }
        return all;
    }

    private static void add(
            List<SpecDifference> all, ObjectNode first, String block, String word, JsonNode before, JsonNode block2) {
        JsonNode after = block2.path(word);
        if (before.equals(after)) {
            return;
        }
        ObjectNode words = first.path(block).deepCopy();
        PipelineSpec changed;
        try {
            changed = read(with(first, block, with(words, word, after)));
        } catch (IllegalArgumentException onlyTogether) {
            changed = read(with(first, block, block2));
        }
        all.add(new SpecDifference(changed, leaves(block + "." + word, before, after)));
    }

    private static ObjectNode with(ObjectNode node, String name, JsonNode value) {
        ObjectNode copy = node.deepCopy();
        if (value.isMissingNode()) {
            copy.remove(name);
        } else {
            copy.set(name, value);
        }
        return copy;
    }

    private static PipelineSpec read(ObjectNode tree) {
        try {
            return SpecJson.mapper().treeToValue(tree, PipelineSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    private static List<Leaf> leaves(String path, JsonNode before, JsonNode after) {
        List<Leaf> leaves = new ArrayList<>();
        if (before.isObject() && after.isObject()) {
            for (String name : names(before, after)) {
                if (!before.path(name).equals(after.path(name))) {
                    leaves.addAll(leaves(path + "." + name, before.path(name), after.path(name)));
                }
            }
            return leaves;
        }
        return List.of(new Leaf(path, text(before), text(after)));
    }

    private static @Nullable String text(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        String text = node.isTextual() ? node.textValue() : node.toString();
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    private static TreeSet<String> names(JsonNode first, JsonNode second) {
        TreeSet<String> names = new TreeSet<>();
        first.fieldNames().forEachRemaining(names::add);
        second.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
