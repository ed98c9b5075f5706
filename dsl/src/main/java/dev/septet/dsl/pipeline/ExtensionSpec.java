package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.deploy.FolderTargetSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A word of a jar as a pipeline file uses it. The jar and its version are part of the spec, so that
 * a stage whose result depends on the word is not reused for another version.
 *
 * @param options every option of the word by its name, those with their defaults too: texts,
 *     booleans, {@code Long} and {@code Double}
 * @param jar name of the jar that brought the word when the file was checked
 * @param version of that jar
 */
public record ExtensionSpec(
        String word,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> options,
        String jar,
        String version) {
    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public ExtensionSpec {
        require(word != null && !word.isBlank(), "a word of a jar has a name");
        options = PlainOptions.canonical(options);
        jar = jar == null ? "" : jar;
        version = version == null ? "" : version;
    }

    /** The words of jars that a pipeline uses, in the order of its stages; channels and trackers come last. */
    public static List<ExtensionSpec> in(PipelineSpec spec) {
        List<@Nullable ExtensionSpec> used = new ArrayList<>();
        used.add(spec.prepare().extension());
        used.add(spec.train().method() instanceof ForMethod method ? method.extension() : null);
        used.add(spec.train().by() instanceof ForBackEnd backEnd ? backEnd.extension() : null);
        for (MetricSpec metric : spec.evaluate().metrics()) {
            MetricSpec.ExtensionMetric own = metric.extension();
            used.add(own == null ? null : own.used());
        }
        spec.evaluate().tests().stream()
                .flatMap(test -> test.metrics().stream())
                .map(MetricSpec::extension)
                .flatMap(Stream::ofNullable)
                .map(MetricSpec.ExtensionMetric::used)
                .filter(own -> !used.contains(own))
                .distinct()
                .forEach(used::add);
        if (spec.deploy() != null) {
            spec.deploy()
                    .targets()
                    .forEach(target -> used.add(target instanceof ForTarget own ? own.extension() : null));
        }
        if (spec.monitor() != null) {
            spec.monitor().drifts().forEach(drift -> used.add(drift.extension()));
        }
        for (NotifySpec notice : spec.notifications()) {
            used.add(notice.to() instanceof ForChannel own ? own.extension() : null);
        }
        for (TrackerSpec tracker : spec.trackers()) {
            used.add(tracker instanceof ForTracker own ? own.extension() : null);
        }
        return used.stream().flatMap(Stream::ofNullable).toList();
    }

    /** An option's whole number. */
    public long wholeNumber(String name) {
        return (Long) option(name);
    }

    /** An option's number. */
    public double number(String name) {
        return ((Number) option(name)).doubleValue();
    }

    /** An option's text, or its choice. */
    public String text(String name) {
        return (String) option(name);
    }

    /** Whether an option is true. */
    public boolean truth(String name) {
        return (Boolean) option(name);
    }

    private Object option(String name) {
        Object value = options.get(name);
        require(value != null, "`%s` has no option %s:", word, name);
        return Objects.requireNonNull(value);
    }

    /** A fine-tuning method. */
    public record ForMethod(ExtensionSpec extension) implements MethodSpec {}

    /** What trains instead of Septet's own engine. */
    public record ForBackEnd(ExtensionSpec extension) implements BackEndSpec {
        @Override
        public String written() {
            return extension.word() + "(...)";
        }
    }

    /** A target: a folder of versions whose files the jar chooses. */
    public record ForTarget(String path, ExtensionSpec extension) implements FolderTargetSpec {
        public ForTarget {
            require(!path.isBlank(), "%s needs a path", extension.word());
        }
    }

    /** A way to notify people. */
    public record ForChannel(ExtensionSpec extension) implements ChannelSpec {}

    /** A tracker of runs. It writes no files of the pipeline. */
    public record ForTracker(ExtensionSpec extension) implements TrackerSpec {
        @Override
        public String written() {
            return extension.word() + "(...)";
        }

        @Override
        public boolean writesFiles() {
            return false;
        }
    }
}
