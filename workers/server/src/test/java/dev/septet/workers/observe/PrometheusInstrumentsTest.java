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
        for (int i = 0; i < 3000; i++) {
            metrics.add(ProcessMetric.VERDICTS, 1, "pipeline-" + i, "GO");
            metrics.add(ProcessMetric.ANSWERS, 1, "model-" + i, "stop");
        }
        metrics.add(ProcessMetric.VERDICTS, 1, "n".repeat(10_000), "GO");
        metrics.add(ProcessMetric.VERDICTS, 1, "a\nb", "GO");
        metrics.add(ProcessMetric.VERDICTS, 1, "pipeline-3", "GO");

        assertThat(lines("septet_gate_verdicts_total"))
                .hasSize(LabelLimits.MOST_PIPELINES + 1)
                .contains(
                        "septet_gate_verdicts_total{pipeline=\"other\",verdict=\"GO\"} 1002.0",
                        "septet_gate_verdicts_total{pipeline=\"pipeline-3\",verdict=\"GO\"} 2.0");
        assertThat(lines("septet_answers_total"))
                .hasSize(LabelLimits.MOST_VALUES + 1)
                .contains("septet_answers_total{finish=\"stop\",model=\"other\"} 2900.0");
    }

    @Test
    void aGaugeIsLeftOutRatherThanSharedByPipelines() {
        for (int i = 0; i < LabelLimits.MOST_PIPELINES + 2; i++) {
            metrics.set(ProcessMetric.TRAINING_LOSS, i, "pipeline-" + i);
        }
        metrics.set(ProcessMetric.TRAINING_LOSS, 1, "n".repeat(10_000));

        assertThat(lines("septet_training_loss"))
                .hasSize(LabelLimits.MOST_PIPELINES)
                .noneMatch(line -> line.contains("other"));
        assertThat(lines("septet_gauges_left_out_total"))
                .containsExactly("septet_gauges_left_out_total{metric=\"septet_training_loss\"} 3.0");

        metrics.remove(ProcessMetric.TRAINING_LOSS, "pipeline-2001"); // was left out
        metrics.remove(ProcessMetric.TRAINING_LOSS, "pipeline-7");
        metrics.set(ProcessMetric.TRAINING_LOSS, 0.5, "pipeline-2000");

        assertThat(lines("septet_training_loss"))
                .as("the place of the training that ended is free")
                .hasSize(LabelLimits.MOST_PIPELINES)
                .contains("septet_training_loss{pipeline=\"pipeline-2000\"} 0.5");
    }

    @Test
    void aValueIsFreeOnlyWhenItsLastSeriesIsGone() {
        metrics.set(ProcessMetric.PROGRESS_AGE, 1, "first", "Train");
        metrics.set(ProcessMetric.PROGRESS_AGE, 2, "first", "Evaluate");
        for (int i = 1; i < LabelLimits.MOST_PIPELINES; i++) {
            metrics.set(ProcessMetric.PROGRESS_AGE, i, "pipeline-" + i, "Train");
        }
        metrics.remove(ProcessMetric.PROGRESS_AGE, "first", "Train");
        metrics.remove(ProcessMetric.PROGRESS_AGE, "first", "Train");
        metrics.set(ProcessMetric.PROGRESS_AGE, 1, "late", "Train");
        assertThat(lines("septet_activity_progress_age_seconds{activity=\"Train\",pipeline=\"late\""))
                .isEmpty();

        metrics.remove(ProcessMetric.PROGRESS_AGE, "first", "Evaluate");
        metrics.set(ProcessMetric.PROGRESS_AGE, 1, "late", "Train");
        assertThat(lines("septet_activity_progress_age_seconds{activity=\"Train\",pipeline=\"late\""))
                .hasSize(1);
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
