package dev.septet.workers.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Prometheus reads from a process. */
class PrometheusInstrumentsTest {
    private final PrometheusInstruments metrics = new PrometheusInstruments();

    private List<String> lines(String prefix) {
        return metrics.scrape().lines().filter(line -> line.startsWith(prefix)).toList();
    }

    @Test
    void namesAndUnitsFollowTheConventions() {
        for (ProcessMetric metric : ProcessMetric.values()) {
            assertThat(metric.series()).matches("septet(_[a-z]+)+");
            assertThat(metric.description()).endsWith(".").doesNotContain("\n");
            assertThat(metric.labels()).allMatch(label -> label.matches("[a-z]+"));
            switch (metric.kind()) {
                case COUNTER -> assertThat(metric.series()).endsWith("_total");
                case HISTOGRAM -> {
                    assertThat(metric.series()).endsWith("_seconds");
                    assertThat(metric.bounds()).isSorted().hasSizeBetween(8, 15);
                }
                case GAUGE -> assertThat(metric.series()).doesNotEndWith("_total");
            }
        }
        assertThat(Arrays.stream(ProcessMetric.values()).map(ProcessMetric::series))
                .doesNotHaveDuplicates();
    }

    @Test
    void showsCountersGaugesAndHistogramsWithTheirLabels() {
        metrics.add(ProcessMetric.TRAINING_STEPS, 3, "support");
        metrics.add(ProcessMetric.TRAINING_STEPS, 0, "support");
        metrics.set(ProcessMetric.TRAINING_LOSS, 0.25, "support");
        metrics.observe(ProcessMetric.QUEUE_SECONDS, 0.3, "m");
        metrics.read(ProcessMetric.MODELS, () -> 2);

        assertThat(lines("septet_training_steps_total"))
                .containsExactly("septet_training_steps_total{pipeline=\"support\"} 3.0");
        assertThat(lines("septet_training_loss")).containsExactly("septet_training_loss{pipeline=\"support\"} 0.25");
        assertThat(lines("septet_queue_seconds_bucket"))
                .contains(
                        "septet_queue_seconds_bucket{model=\"m\",le=\"0.25\"} 0",
                        "septet_queue_seconds_bucket{model=\"m\",le=\"0.5\"} 1");
        assertThat(lines("septet_models_served")).containsExactly("septet_models_served 2.0");
        assertThat(lines("# HELP septet_models_served"))
                .containsExactly("# HELP septet_models_served " + ProcessMetric.MODELS.description());
        assertThat(lines("process_resident_memory_bytes")).hasSize(1);
        assertThat(lines("jvm_memory_used_bytes")).hasSize(2);
    }

    @Test
    void aGaugeOfSomethingThatEndedIsGone() {
        metrics.set(ProcessMetric.TRAINING_LOSS, 0.25, "support");
        metrics.remove(ProcessMetric.TRAINING_LOSS, "support");

        assertThat(lines("septet_training_loss")).isEmpty();
    }

    @Test
    void strangersCannotMakeSeriesWithoutEnd() {
        for (int i = 0; i < 1000; i++) {
            metrics.add(ProcessMetric.VERDICTS, 1, "pipeline-" + i, "GO");
        }
        metrics.add(ProcessMetric.VERDICTS, 1, "n".repeat(10_000), "GO");
        metrics.add(ProcessMetric.VERDICTS, 1, "a\nb", "GO");
        metrics.add(ProcessMetric.VERDICTS, 1, "pipeline-3", "GO");

        assertThat(lines("septet_gate_verdicts_total"))
                .hasSize(LabelLimits.MOST_VALUES + 1)
                .contains(
                        "septet_gate_verdicts_total{pipeline=\"other\",verdict=\"GO\"} 902.0",
                        "septet_gate_verdicts_total{pipeline=\"pipeline-3\",verdict=\"GO\"} 2.0");
    }

    @Test
    void metricsOfTemporalHaveFewBoundsAndFewTypes() {
        for (int i = 0; i < 300; i++) {
            Timer.builder("temporal_activity_schedule_to_start_latency")
                    .tag("activity_type", "type-" + i)
                    .publishPercentileHistogram(true)
                    .register(metrics.micrometer())
                    .record(Duration.ofSeconds(2));
        }

        assertThat(lines("temporal_activity_schedule_to_start_latency_seconds_count"))
                .hasSize(LabelLimits.MOST_VALUES);
        assertThat(lines("temporal_activity_schedule_to_start_latency_seconds_bucket{activity_type=\"type-3\""))
                .hasSize(12)
                .contains(
                        "temporal_activity_schedule_to_start_latency_seconds_bucket{activity_type=\"type-3\",le=\"5.0\"} 1");
    }

    @Test
    void aReaderThatFailsHidesNothingElse() {
        metrics.beforeScrape(() -> {
            throw new IllegalStateException("unreadable");
        });
        metrics.set(ProcessMetric.DISK_FREE, 7, "store");

        assertThat(lines("septet_disk_free_bytes")).containsExactly("septet_disk_free_bytes{folder=\"store\"} 7.0");
    }
}
