package dev.septet.workers.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.workers.observe.PrometheusInstruments;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.Observation;
import dev.septet.workflows.train.TrainOutcome;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.Header;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is measured of activities: heartbeats, results and failures. */
class ActivityMeterTest {
    private static final ArtifactRef FILES = new ArtifactRef("store:artifacts/a", "a", 1);
    private static final Origin COMPUTED = new Origin("k", null, "first run");
    private static final Origin REUSED = new Origin("k", "run-0", "unchanged");

    private final AtomicLong nanos = new AtomicLong();
    private final PrometheusInstruments metrics = new PrometheusInstruments();
    private final ActivityMeter meter =
            new ActivityMeter(metrics, new RunMeter(metrics, RunMeter.Costs.NONE), nanos::get);

    private record Request(RunRef run) implements RunScoped {
        @Override
        public List<Object> specs() {
            return List.of();
        }
    }

    private void run(String activity, Function<ActivityExecutionContext, @Nullable Object> work) {
        run("support", activity, work);
    }

    /** Runs an activity through the meter. */
    private void run(String pipeline, String activity, Function<ActivityExecutionContext, @Nullable Object> work) {
        ActivityInfo info = answering(
                ActivityInfo.class,
                Map.of("getActivityType", activity, "getWorkflowType", activity, "getActivityTaskQueue", "septet-gpu"));
        ActivityInboundCallsInterceptor measured = meter.interceptActivity(new ActivityInboundCallsInterceptor() {
            private @Nullable ActivityExecutionContext context;

            @Override
            public void init(ActivityExecutionContext given) {
                context = given;
            }

            @Override
            public ActivityOutput execute(ActivityInput input) {
                return new ActivityOutput(work.apply(java.util.Objects.requireNonNull(context)));
            }
        });
        measured.init(answering(ActivityExecutionContext.class, Map.of("getInfo", info)));
        Object[] arguments = {new Request(new RunRef(pipeline, "run-1", "/srv", "d"))};
        measured.execute(new ActivityInboundCallsInterceptor.ActivityInput(Header.empty(), arguments));
    }

    /** An interface of Temporal with these answers; every other method does nothing. */
    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> answers.get(method.getName())));
    }

    private static Progress step(int done, @Nullable Integer committed) {
        return new Progress("training", done, 100, "steps", 1.0 / done, 500.0, null, committed, null);
    }

    private List<String> lines(String prefix) {
        return metrics.scrape().lines().filter(line -> line.startsWith(prefix)).toList();
    }

    private static TrainOutcome trained(int steps, Origin origin) {
        return TrainOutcome.done(new CheckpointRef(FILES, true, FILES, steps, 0.1, null, "all steps", origin));
    }

    @Test
    void countsStepsFromHeartbeatsAndTheResult() {
        run("Train", context -> {
            context.heartbeat(step(1, null));
            context.heartbeat(step(4, null));
            context.heartbeat(step(4, null));
            assertThat(lines("septet_training_steps_total"))
                    .containsExactly("septet_training_steps_total{pipeline=\"support\"} 4.0");
            assertThat(lines("septet_training_loss"))
                    .containsExactly("septet_training_loss{pipeline=\"support\"} 0.25");
            assertThat(lines("septet_training_progress_ratio"))
                    .containsExactly("septet_training_progress_ratio{pipeline=\"support\"} 0.04");
            assertThat(lines("septet_training_tokens_per_second"))
                    .containsExactly("septet_training_tokens_per_second{pipeline=\"support\"} 500.0");
            return trained(10, COMPUTED);
        });

        assertThat(lines("septet_training_steps_total"))
                .containsExactly("septet_training_steps_total{pipeline=\"support\"} 10.0");
        assertThat(lines("septet_training_loss")).as("the training has ended").isEmpty();
        assertThat(lines("septet_stage_results_total"))
                .containsExactly(
                        "septet_stage_results_total{origin=\"computed\",pipeline=\"support\",stage=\"train\"} 1.0");
    }

    @Test
    void aResumedAttemptCountsOnlyItsOwnSteps() {
        run("Train", context -> {
            context.heartbeat(step(51, 50));
            context.heartbeat(step(52, 50));
            return trained(60, COMPUTED);
        });
        run("Train", context -> trained(60, REUSED));

        assertThat(lines("septet_training_steps_total"))
                .containsExactly("septet_training_steps_total{pipeline=\"support\"} 10.0");
        assertThat(lines("septet_stage_results_total{origin=\"reused\"")).hasSize(1);
    }

    @Test
    void repeatedHeartbeatsAreNoProgress() {
        run("Train", context -> {
            context.heartbeat(step(1, null));
            nanos.addAndGet(Duration.ofMinutes(10).toNanos());
            context.heartbeat(step(1, null));
            meter.setGauges(Map.of("septet-gpu", 2));
            assertThat(lines("septet_activities_running"))
                    .containsExactly("septet_activities_running{activity=\"Train\",pipeline=\"support\"} 1.0");
            assertThat(lines("septet_slots"))
                    .containsExactly(
                            "septet_slots_free{queue=\"septet-gpu\"} 1.0",
                            "septet_slots_used{queue=\"septet-gpu\"} 1.0");
            assertThat(lines("septet_activity_progress_age_seconds"))
                    .containsExactly(
                            "septet_activity_progress_age_seconds{activity=\"Train\",pipeline=\"support\"} 600.0");
            context.heartbeat(step(2, null));
            meter.setGauges(Map.of("septet-gpu", 2));
            assertThat(lines("septet_activity_progress_age_seconds"))
                    .containsExactly(
                            "septet_activity_progress_age_seconds{activity=\"Train\",pipeline=\"support\"} 0.0");
            return trained(2, COMPUTED);
        });

        meter.setGauges(Map.of("septet-gpu", 2));
        assertThat(lines("septet_activities_running")).isEmpty();
        assertThat(lines("septet_activity_progress_age_seconds")).isEmpty();
    }

    @Test
    void countsVerdictsAndFindingsOfDrift() {
        run("Evaluate", context -> new EvaluationReport(Verdict.NO_GO, List.of(), FILES, COMPUTED));
        DriftSpec psi = new DriftSpec(DriftSpec.Detector.PSI, DriftSpec.Feature.PROMPT_LENGTH, 0.3, null);
        run(
                "Observe",
                context -> new Observation(
                        80,
                        true,
                        0,
                        List.of(
                                new DriftFinding(psi, 0.7, 0.001, 0.002, 80, true, "drift"),
                                new DriftFinding(
                                        new DriftSpec(
                                                DriftSpec.Detector.KS, DriftSpec.Feature.PROMPT_TOKENS, 0.3, null),
                                        null,
                                        null,
                                        null,
                                        3,
                                        false,
                                        "too few values"))));

        assertThat(lines("septet_gate_verdicts_total"))
                .containsExactly("septet_gate_verdicts_total{pipeline=\"support\",verdict=\"NO_GO\"} 1.0");
        assertThat(lines("septet_drift_score"))
                .containsExactly("septet_drift_score{check=\"psi on promptLength\",pipeline=\"support\"} 0.7");
        assertThat(lines("septet_drift_p_value"))
                .containsExactly("septet_drift_p_value{check=\"psi on promptLength\",pipeline=\"support\"} 0.002");
        assertThat(lines("septet_drift_findings_total"))
                .containsExactly("septet_drift_findings_total{check=\"psi on promptLength\",pipeline=\"support\"} 1.0");
        assertThat(lines("septet_drift_checked_timestamp_seconds")).hasSize(1);
    }

    @Test
    void failuresHaveATypeOfAClosedList() {
        for (RuntimeException failure : List.of(
                FailureType.OUT_OF_MEMORY.of("no memory for row 17"), new IllegalStateException("a text of a row"))) {
            assertThatThrownBy(() -> run("Train", context -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
        }

        assertThat(lines("septet_activity_failures_total"))
                .containsExactlyInAnyOrder(
                        "septet_activity_failures_total{activity=\"Train\",pipeline=\"support\",type=\"OutOfMemory\"} 1.0",
                        "septet_activity_failures_total{activity=\"Train\",pipeline=\"support\",type=\"Unexpected\"} 1.0");
        assertThat(metrics.scrape()).doesNotContain("row").doesNotContain("run-1");
    }

    @Test
    void pipelinesThatEndedTakeNoPlaceOfThoseThatRun() {
        for (int at = 0; at < 2500; at++) {
            run("old-" + at, "Train", context -> {
                context.heartbeat(step(1, null));
                meter.setGauges(Map.of());
                return trained(1, COMPUTED);
            });
            meter.setGauges(Map.of());
        }
        run("one", "Train", first -> {
            first.heartbeat(step(1, null));
            run("two", "Train", second -> {
                second.heartbeat(step(2, null));
                meter.setGauges(Map.of());
                assertThat(lines("septet_training_loss"))
                        .containsExactlyInAnyOrder(
                                "septet_training_loss{pipeline=\"one\"} 1.0",
                                "septet_training_loss{pipeline=\"two\"} 0.5");
                assertThat(lines("septet_activities_running")).hasSize(2);
                assertThat(lines("septet_activity_progress_age_seconds")).hasSize(2);
                return trained(2, COMPUTED);
            });
            assertThat(lines("septet_training_loss"))
                    .as("the end of one training does not remove the other's gauge")
                    .containsExactly("septet_training_loss{pipeline=\"one\"} 1.0");
            return trained(1, COMPUTED);
        });

        assertThat(lines("septet_gauges_left_out_total")).isEmpty();
        assertThat(lines("septet_training_steps_total{pipeline=\"other\"")).hasSize(1);
    }
}
