package dev.septet.activities.track.run;

import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Stage;
import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.StageSpan;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * A run as trackers get it: settings, numbers, names and digests. It has no row, no prompt, no answer and no secret.
 *
 * @param pipeline name of the pipeline
 * @param runId Temporal's run id
 * @param moment the run's state
 * @param parameters settings, flattened: names with dots, such as {@code train.method.rank}
 * @param tags facts about the run
 * @param curves numbers over the steps of the training; empty before its end
 * @param scores scores of the evaluation by name; empty before its end
 * @param files files of the run; empty before its end
 * @param sources names of what the rows were read from
 * @param results the results of the run's stages
 */
public record TrackedRun(
        String pipeline,
        String runId,
        RunMoment moment,
        SortedMap<String, String> parameters,
        SortedMap<String, String> tags,
        List<TrackedCurve> curves,
        SortedMap<String, Double> scores,
        List<TrackedFile> files,
        List<String> sources,
        PipelineReport results) {
    private static final int SHORT = 8;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,17}(\\.[0-9]{1,17})?([eE]-?[0-9]{1,3})?");

    public TrackedRun {
        curves = List.copyOf(curves);
        files = List.copyOf(files);
        sources = List.copyOf(sources);
    }

    /**
     * A file of a run.
     *
     * @param name such as {@code model-card.md}
     * @param bytes its content
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record TrackedFile(String name, byte[] bytes) {}

    /** A name for people. */
    public String name() {
        return pipeline + " " + runId.substring(0, Math.min(SHORT, runId.length()));
    }

    /** The number that a setting is; empty for a name, also for one such as {@code 1d}. */
    public static OptionalDouble number(String setting) {
        return NUMBER.matcher(setting).matches()
                ? OptionalDouble.of(Double.parseDouble(setting))
                : OptionalDouble.empty();
    }

    /** Name of the run's folder. */
    public String folder() {
        return runId.replaceAll("[^A-Za-z0-9-]", "-");
    }

    /** When a stage ran last; empty before its end. */
    public Optional<StageSpan> span(Stage stage) {
        return moment.stages().stream()
                .filter(span -> span.stage() == stage)
                .max(Comparator.comparingLong(StageSpan::endedMillis));
    }
}
