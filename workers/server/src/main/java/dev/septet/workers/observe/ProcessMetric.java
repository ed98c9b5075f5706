package dev.septet.workers.observe;

import java.util.List;

/**
 * Every metric of Septet's own, declared once. Names and units follow Prometheus's conventions. No label holds a run id, a
 * prompt or text of a row. {@link LabelLimits} limits the number of values of each label.
 */
@SuppressWarnings("ImmutableEnumChecker") // its list is immutable
public enum ProcessMetric {
    TRAINING_STEPS(Kind.COUNTER, "septet_training_steps_total", "Optimizer steps that trainings took.", "pipeline"),
    TRAINING_LOSS(Kind.GAUGE, "septet_training_loss", "Loss of the newest step of a running training.", "pipeline"),
    TRAINING_TOKENS(
            Kind.GAUGE,
            "septet_training_tokens_per_second",
            "Input tokens per second of a running training, since its attempt began.",
            "pipeline"),
    TRAINING_PROGRESS(
            Kind.GAUGE,
            "septet_training_progress_ratio",
            "Share of a running training's steps that are done.",
            "pipeline"),

    SLOTS_USED(Kind.GAUGE, "septet_slots_used", "Slots for activities that run now.", "queue"),
    SLOTS_FREE(Kind.GAUGE, "septet_slots_free", "Slots for activities that are free.", "queue"),
    ACTIVITIES_RUNNING(
            Kind.GAUGE, "septet_activities_running", "Activities of pipelines that run now.", "pipeline", "activity"),
    PROGRESS_AGE(
            Kind.GAUGE,
            "septet_activity_progress_age_seconds",
            "Time since a running activity last reported new progress; the longest of the pipeline's activities.",
            "pipeline",
            "activity"),
    ACTIVITY_FAILURES(
            Kind.COUNTER,
            "septet_activity_failures_total",
            "Attempts of activities that failed, by the type of the failure.",
            "pipeline",
            "activity",
            "type"),
    STAGE_RESULTS(
            Kind.COUNTER,
            "septet_stage_results_total",
            "Results of stages: computed, or reused from an earlier run.",
            "pipeline",
            "stage",
            "origin"),

    CHECKPOINTS(Kind.COUNTER, "septet_checkpoints_total", "Checkpoints of trainings, committed or failed.", "outcome"),
    CHECKPOINT_SECONDS(
            Kind.HISTOGRAM, "septet_checkpoint_seconds", "Time to write and commit a checkpoint.", Buckets.WORK),
    CHECKPOINT_BYTES(Kind.COUNTER, "septet_checkpoint_bytes_total", "Bytes of committed checkpoints."),

    VERDICTS(Kind.COUNTER, "septet_gate_verdicts_total", "Verdicts of gates.", "pipeline", "verdict"),
    DRIFT_SCORE(
            Kind.GAUGE,
            "septet_drift_score",
            "Score of a drift check in this process's last window.",
            "pipeline",
            "check"),
    DRIFT_PROBABILITY(
            Kind.GAUGE,
            "septet_drift_p_value",
            "Corrected probability of such a score without drift, in this process's last window.",
            "pipeline",
            "check"),
    DRIFT_CHECKED(
            Kind.GAUGE,
            "septet_drift_checked_timestamp_seconds",
            "When this process last checked a pipeline's log for drift.",
            "pipeline"),
    DRIFT_FINDINGS(
            Kind.COUNTER,
            "septet_drift_findings_total",
            "Windows in which a drift check found drift.",
            "pipeline",
            "check"),

    RUNS(
            Kind.COUNTER,
            "septet_runs_total",
            "Runs that ended: completed, failed, refused by the gate, the canary or people, or cancelled.",
            "pipeline",
            "outcome"),
    STAGE_SECONDS(
            Kind.COUNTER,
            "septet_stage_seconds_total",
            "Time of the stages of ended runs, with their waits for a worker.",
            "pipeline",
            "stage"),
    RUN_COST(
            Kind.COUNTER,
            "septet_run_cost_total",
            "Cost of the machines of ended runs, by the operator's price.",
            "pipeline",
            "currency"),
    SERVICE_COST(
            Kind.COUNTER,
            "septet_service_cost_total",
            "What outside services cost ended runs, by the operator's prices.",
            "pipeline",
            "currency"),
    SERVICE_TOKENS(
            Kind.COUNTER,
            "septet_service_tokens_total",
            "Tokens of ended runs' requests to outside services, and of their answers.",
            "pipeline"),
    RUN_ENERGY(
            Kind.COUNTER,
            "septet_run_energy_joules_total",
            "Energy of ended runs: measured, or estimated from the operator's power.",
            "pipeline",
            "source"),

    REQUESTS(
            Kind.COUNTER,
            "septet_requests_total",
            "Requests to the model server, by HTTP status; 499: the client disconnected.",
            "model",
            "endpoint",
            "status"),
    REQUEST_SECONDS(
            Kind.HISTOGRAM,
            "septet_request_seconds",
            "Time from a request to the end of its response.",
            Buckets.ANSWER,
            "model"),
    FIRST_TOKEN_SECONDS(
            Kind.HISTOGRAM,
            "septet_time_to_first_token_seconds",
            "Time from a request to the first text of an answer, with its wait in the queue.",
            Buckets.ANSWER,
            "model"),
    OUTPUT_TOKEN_SECONDS(
            Kind.HISTOGRAM,
            "septet_time_per_output_token_seconds",
            "Mean time per generated token of an answer, after the first text.",
            Buckets.TOKEN,
            "model"),
    QUEUE_SECONDS(
            Kind.HISTOGRAM,
            "septet_queue_seconds",
            "Time that an answer waited for its tenant's turn at the engine.",
            Buckets.ANSWER,
            "model"),
    ANSWERS(
            Kind.COUNTER,
            "septet_answers_total",
            "Answers by how they ended: stop, length, cancelled or failed.",
            "model",
            "finish"),
    PROMPT_TOKENS(Kind.COUNTER, "septet_prompt_tokens_total", "Tokens of prompts that Septet counted.", "model"),
    GENERATED_TOKENS(Kind.COUNTER, "septet_generated_tokens_total", "Tokens that models generated.", "model"),
    ANSWERS_ADMITTED(Kind.GAUGE, "septet_answers_admitted", "Answers that are generated or wait."),
    ANSWERS_WAITING(Kind.GAUGE, "septet_answers_waiting", "Answers that wait for a turn at an engine."),
    ANSWERS_LIMIT(Kind.GAUGE, "septet_answers_limit", "Answers that may be generated or wait; more are refused."),
    REQUEST_MEMORY(Kind.GAUGE, "septet_request_memory_bytes", "Bytes of request bodies in memory."),
    REQUEST_MEMORY_LIMIT(Kind.GAUGE, "septet_request_memory_limit_bytes", "Most bytes of request bodies in memory."),
    MODELS(Kind.GAUGE, "septet_models_served", "Model names that requests may use."),

    READY(Kind.GAUGE, "septet_ready", "Whether a part of this process is ready, as at /ready: 1 or 0.", "part"),
    PROCESS_UP(Kind.GAUGE, "septet_supervised_process_up", "Whether a supervised process runs: 1 or 0.", "process"),
    PROCESS_DEATHS(
            Kind.GAUGE,
            "septet_supervised_process_deaths",
            "How often a supervised process died since the start.",
            "process"),
    HOST_MEMORY(Kind.GAUGE, "septet_host_memory_available_bytes", "Memory that the host or its container has left."),
    DISK_FREE(Kind.GAUGE, "septet_disk_free_bytes", "Free space on the disk of a folder.", "folder"),
    DISK_SIZE(Kind.GAUGE, "septet_disk_size_bytes", "Size of the disk of a folder.", "folder"),
    GPU_MEMORY_USED(Kind.GAUGE, "septet_gpu_memory_used_bytes", "Memory of a card that processes use.", "gpu"),
    GPU_MEMORY_SIZE(Kind.GAUGE, "septet_gpu_memory_size_bytes", "Memory of a card.", "gpu"),
    GPU_UTILIZATION(Kind.GAUGE, "septet_gpu_utilization_ratio", "Share of the time in which a card computed.", "gpu"),
    GPU_POWER(Kind.GAUGE, "septet_gpu_power_watts", "Electric power of a card.", "gpu"),

    GAUGES_LEFT_OUT(
            Kind.COUNTER,
            "septet_gauges_left_out_total",
            "Measurements of a gauge that were left out, because one of its labels had too many values.",
            "metric");

    /** How a metric is measured. */
    public enum Kind {
        /** A sum that only grows. */
        COUNTER,
        /** A present value. */
        GAUGE,
        /** Durations in seconds, counted by upper bounds. */
        HISTOGRAM
    }

    /** Upper bounds of histograms, in seconds. */
    private static final class Buckets {
        private static final double[] WORK = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};
        private static final double[] ANSWER = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};
        private static final double[] TOKEN = {0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};
        private static final double[] NONE = {};

        private Buckets() {}
    }

    private final Kind kind;
    private final String series;
    private final String description;
    private final double[] bounds;
    private final List<String> labels;

    ProcessMetric(Kind kind, String series, String description, String... labels) {
        this(kind, series, description, Buckets.NONE, labels);
    }

    ProcessMetric(Kind kind, String series, String description, double[] bounds, String... labels) {
        this.kind = kind;
        this.series = series;
        this.description = description;
        this.bounds = bounds;
        this.labels = List.of(labels);
    }

    public Kind kind() {
        return kind;
    }

    /** The name in Prometheus; the series of a histogram have suffixes. */
    public String series() {
        return series;
    }

    /** The name without the suffixes that stand for a kind and a unit, which reporters of metrics scopes add. */
    public String plain() {
        String name = kind == Kind.COUNTER ? series.replaceFirst("_total$", "") : series;
        return kind == Kind.HISTOGRAM ? name.replaceFirst("_seconds$", "") : name;
    }

    public String description() {
        return description;
    }

    /** The names of its labels, in the order of their values. */
    public List<String> labels() {
        return labels;
    }

    /** The upper bounds of a histogram in seconds; empty for other kinds. */
    double[] bounds() {
        return bounds.clone();
    }
}
