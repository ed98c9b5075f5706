package dev.septet.llm.train;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gradual unfreezing. The highest trained block, the final norm and an untied output matrix train
 * from the beginning. Each lower block starts {@code every} updates after the one above it, and the
 * embedding starts after the lowest block.
 *
 * @see <a href="https://arxiv.org/abs/1801.06146">Howard and Ruder, 2018</a>
 */
final class Unfreezing {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.");
    private static final String EMBEDDING = "embed_tokens";

    private Unfreezing() {}

    /**
     * Number of updates before each parameter joins.
     *
     * @param parameters their names in the exported file
     * @param every number of updates between two blocks; 0 if all join at once
     */
    static Map<String, Integer> starts(Collection<String> parameters, int every) {
        List<Integer> blocks = parameters.stream()
                .map(Unfreezing::layerOf)
                .filter(layer -> layer >= 0)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
        Map<String, Integer> starts = new HashMap<>();
        for (String name : parameters) {
            int layer = layerOf(name);
            int group = layer >= 0 ? blocks.indexOf(layer) : name.contains(EMBEDDING) ? blocks.size() : 0;
            starts.put(name, Math.multiplyExact(group, every));
        }
        return starts;
    }

    private static int layerOf(String name) {
        Matcher layer = LAYER.matcher(name);
        return layer.find() ? Integer.parseInt(layer.group(1)) : -1;
    }
}
