package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The alerts and the dashboard of {@code examples/observability}, as promtool and their metrics' declarations see them. */
class ObservabilityFilesTest {
    /** Of Prometheus, of its Java client and of Temporal's SDK; DriftIT finds each of them in a real Prometheus. */
    private static final Set<String> OTHERS = Set.of(
            "up",
            "process_resident_memory_bytes",
            "process_cpu_seconds_total",
            "process_start_time_seconds",
            "jvm_memory_used_bytes",
            "temporal_request_failure_total",
            "temporal_activity_schedule_to_start_latency_seconds_bucket");

    @Test
    void promtoolAcceptsTheRulesAndTheConfiguration() throws Exception {
        assertThat(promtool("check", "rules", "alerts.yml").status()).isZero();
        assertThat(promtool("check", "config", "prometheus.yml").status()).isZero();
    }

    @Test
    void eachAlertFiresWhenItMustAndNotBefore() throws Exception {
        Shell.Said tested = promtool("test", "rules", "alerts_test.yml");
        assertThat(tested.status()).as(tested.all()).isZero();

        String tests = Files.readString(Prometheus.FILES.resolve("alerts_test.yml"));
        List<String> alerts = Files.readString(Prometheus.FILES.resolve("alerts.yml"))
                .lines()
                .filter(line -> line.contains("- alert: "))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .toList();
        assertThat(alerts).hasSizeGreaterThan(15).allMatch(alert -> tests.contains("alertname: " + alert));
    }

    @Test
    void everyQueryNamesMetricsThatExist() throws IOException {
        Set<String> known = new TreeSet<>(Dashboard.declared());
        known.addAll(OTHERS);

        assertThat(Dashboard.queries())
                .hasSizeGreaterThan(40)
                .allSatisfy(query -> assertThat(Dashboard.metrics(query))
                        .as(query)
                        .isNotEmpty()
                        .isSubsetOf(known));
        assertThat(Dashboard.alerts())
                .hasSizeGreaterThan(15)
                .allSatisfy(query -> assertThat(Dashboard.metrics(query))
                        .as(query)
                        .isNotEmpty()
                        .isSubsetOf(known));
    }

    @Test
    void everyMetricOfSeptetIsOnTheDashboardOrInAnAlert() throws IOException {
        Set<String> shown = new TreeSet<>();
        Dashboard.queries().forEach(query -> shown.addAll(Dashboard.metrics(query)));
        Dashboard.alerts().forEach(query -> shown.addAll(Dashboard.metrics(query)));
        Set<String> missing = new TreeSet<>(Dashboard.declared());
        missing.removeIf(name -> name.endsWith("_sum") || name.endsWith("_count"));
        missing.removeAll(shown);

        assertThat(missing).containsExactly("septet_checkpoint_seconds_bucket");
    }

    @Test
    void aMisspeltMetricIsFound() {
        assertThat(Dashboard.metrics(
                        "histogram_quantile(0.95, sum by (model, le) (rate(septet_qeue_seconds_bucket{model=\"a b\"}[5m]))) > 3e2"
                                + " and on (job) up == 0"))
                .containsExactly("septet_qeue_seconds_bucket", "up");
    }

    private static Shell.Said promtool(String... words) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(Prometheus.promtool()));
        command.addAll(List.of(words));
        return Shell.run(Prometheus.FILES, Map.of(), command, 60);
    }
}
