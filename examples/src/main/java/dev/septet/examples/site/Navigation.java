package dev.septet.examples.site;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The pages by topic. A page of {@code .github/docs} that no topic names is listed under "More". */
final class Navigation {
    /** A topic with the names of its pages in {@code .github/docs}, or with paths of the checkout. */
    private static final Map<String, String> TOPICS = topicsInOrder();

    /** A page in the navigation. */
    record Entry(String title, String address) {}

    private final Map<String, List<Entry>> topics = new LinkedHashMap<>();

    /**
     * @param addresses the address of each source
     * @param api modules whose Javadoc is in the site
     */
    Navigation(Map<String, MarkdownPage> pages, Map<String, String> addresses, Set<String> api) {
        Set<String> named = new LinkedHashSet<>(List.of(".github/docs/README.md"));
        TOPICS.forEach((topic, names) -> {
            List<Entry> entries = new ArrayList<>();
            for (String name : names.split(" ")) {
                String source = name.contains("/") || name.equals("README.md") ? name : ".github/docs/" + name + ".md";
                if (pages.containsKey(source)) {
                    named.add(source);
                    entries.add(entry(source, pages, addresses));
                }
            }
            topics.put(topic, entries);
        });
        List<Entry> examples = new ArrayList<>();
        List<Entry> more = new ArrayList<>();
        pages.keySet().forEach(source -> {
            if (source.matches("examples/(?!words|benchmarks|attacks)[^/]+/README\\.md")) {
                examples.add(entry(source, pages, addresses));
            } else if (source.startsWith(".github/docs/") && !named.contains(source)) {
                more.add(entry(source, pages, addresses));
            }
        });
        topics.put("Examples", examples);
        topics.put("More", more);
        topics.put(
                "Java API",
                api.stream()
                        .map(module -> new Entry(module, "api/" + module + "/index.html"))
                        .toList());
        topics.values().removeIf(List::isEmpty);
    }

    private static Entry entry(String source, Map<String, MarkdownPage> pages, Map<String, String> addresses) {
        String title = Objects.requireNonNull(pages.get(source)).title();
        return new Entry(
                source.equals("README.md") ? "About Septet" : title, Objects.requireNonNull(addresses.get(source)));
    }

    Map<String, List<Entry>> topics() {
        return java.util.Collections.unmodifiableMap(topics);
    }

    private static Map<String, String> topicsInOrder() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Start", "README.md starting from-500-chats architecture comparison");
        all.put("Pipelines", "language planning search extending schedules");
        all.put("Data", "datasets sources making-data names-and-addresses lineage");
        all.put(
                "Training",
                "base-models methods preferences preserving gpu watching steering trainers bedrock trainer-faults");
        all.put(
                "Evaluation",
                "metrics exam comparing judges reviewing retrieval error-clusters explaining safety"
                        + " fairness-and-grounding benchmarks-in-task-files");
        all.put("Serving", "deploy serving endpoints monitoring loop");
        all.put(
                "Operation",
                "operations troubleshooting ui looking report approvals notices resuming observing traces-and-logs tracking"
                        + " teams server machines kubernetes encryption backup time retention releases upgrading settings");
        all.put("Reference", "examples/words/README.md glossary promises .github/SECURITY.md .github/CHANGELOG.md");
        all.put("Project", ".github/CONTRIBUTING.md .github/DEVELOPMENT.md .github/adr/README.md");
        return all;
    }
}
