package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.observe.ProcessMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The queries of the dashboard and of the alerts, and the metrics that they name. */
final class Dashboard {
    /** Texts, selectors, ranges and groupings. */
    private static final Pattern PARTS = Pattern.compile(
            "\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");

    private static final Pattern FUNCTION = Pattern.compile("\\b[a-z_0-9]+\\s*(?=\\()");
    private static final Pattern NAME = Pattern.compile("(?<![a-zA-Z0-9_:.])[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "by", "without", "bool", "offset");
    private static final Pattern EXPRESSION = Pattern.compile("(?m)^ +expr: (?:>-\\n((?: {10}.*\\n)+)|(?!>-)(.+)$)");

    private Dashboard() {}

    /** The queries of the dashboard, with Grafana's variables replaced. */
    static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = SpecJson.mapper()
                .readTree(Prometheus.FILES.resolve("dashboard.json").toFile());
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(target.path("expr")
                        .asText()
                        .replace("$__rate_interval", "5m")
                        .replace("$__range", "1h"));
            }
        }
        return queries;
    }

    /** The expressions of the alerts. */
    static List<String> alerts() throws IOException {
        Path file = Prometheus.FILES.resolve("alerts.yml");
        return EXPRESSION
                .matcher(Files.readString(file))
                .results()
                .map((MatchResult hit) -> hit.group(1) == null ? hit.group(2) : hit.group(1))
                .map(text -> text.replaceAll("\\s+", " ").strip())
                .toList();
    }

    /** The names of the metrics in a query. */
    static Set<String> metrics(String query) {
        Set<String> metrics = new TreeSet<>();
        String names = FUNCTION.matcher(PARTS.matcher(query).replaceAll(" ")).replaceAll(" ");
        NAME.matcher(names)
                .results()
                .map(MatchResult::group)
                .filter(name -> !WORDS.contains(name))
                .forEach(metrics::add);
        return metrics;
    }

    /** The series of Septet's own metrics, whether they have values or not. */
    static Set<String> declared() {
        Set<String> series = new TreeSet<>();
        for (ProcessMetric metric : ProcessMetric.values()) {
            if (metric.kind() == ProcessMetric.Kind.HISTOGRAM) {
                for (String part : List.of("_bucket", "_sum", "_count")) {
                    series.add(metric.series() + part);
                }
            } else {
                series.add(metric.series());
            }
        }
        return series;
    }
}
