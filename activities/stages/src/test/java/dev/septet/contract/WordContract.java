package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What every word keeps, whatever it is for.
 *
 * @param <T> the interface of the word's kind
 */
public abstract class WordContract<T extends Extension> {
    /** A new one, as the class path has it. */
    protected abstract T extension();

    /** The word as a pipeline file writes it, with the options under test. */
    protected String line() {
        return extension().word().example();
    }

    /** What the word is in the spec of a file that has {@link #line}. */
    protected final ExtensionSpec used() {
        PipelineSpec spec = spec();
        return switch (extension().word().kind()) {
            case FORMAT -> Objects.requireNonNull(spec.prepare().extension());
            case METHOD -> ((ExtensionSpec.ForMethod) spec.train().method()).extension();
            case BACK_END ->
                ((ExtensionSpec.ForBackEnd) Objects.requireNonNull(spec.train().by())).extension();
            case METRIC ->
                Objects.requireNonNull(spec.evaluate().metrics().get(0).extension())
                        .used();
            case TARGET ->
                ((ExtensionSpec.ForTarget)
                                Objects.requireNonNull(spec.deploy()).targets().get(0))
                        .extension();
            case DETECTOR ->
                Objects.requireNonNull(
                        Objects.requireNonNull(spec.monitor()).drifts().get(0).extension());
            case CHANNEL ->
                ((ExtensionSpec.ForChannel) spec.notifications().get(0).to()).extension();
            case TRACKER -> ((ExtensionSpec.ForTracker) spec.trackers().get(0)).extension();
        };
    }

    /** The spec of a file that has {@link #line}. */
    protected final PipelineSpec spec() {
        Compilation compiled = PipelineCompiler.compile(PipelineSource.of("contract.groovy", pipeline()), Map.of());
        assertThat(compiled.printed()).as(pipeline()).isEmpty();
        return compiled.spec().orElseThrow();
    }

    private String pipeline() {
        String dataset = "dataset 'data/rows.jsonl'";
        String notify = "";
        String method = "lora()";
        String metric = "loss";
        String target = "http { port 80 }";
        String drift = "perplexity";
        switch (extension().word().kind()) {
            case FORMAT ->
                dataset = "dataset 'data/rows%s', format: %s"
                        .formatted(extension().word().endings().get(0), line());
            case METHOD -> method = line();
            case BACK_END -> method += "; by " + line();
            case METRIC -> metric = line();
            case TARGET -> target = line();
            case DETECTOR -> drift = line() + feature();
            case CHANNEL -> notify = "notify " + line();
            case TRACKER -> notify = "track " + line();
        }
        return """
            pipeline('contract') {
                %s
                prepare { %s }
                initialize { model 'models/base' }
                train { method %s }
                evaluate { metric %s }
                deploy { target %s }
                monitor { every 6.hours; log 'audit.jsonl'; drift %s }
            }
            """.formatted(notify, dataset, method, metric, target, drift);
    }

    private String feature() {
        return switch (extension().word().compares().stream()
                .sorted()
                .findFirst()
                .orElseThrow()) {
            case NUMBER -> ", on: promptLength";
            case CATEGORY -> extension().word().compares().size() > 1 ? ", on: language" : "";
            default -> "";
        };
    }

    @Test
    void isNamedUnderServices() {
        var found = Extensions.here()
                .find(extension().word().kind(), extension().word().name());
        assertThat(found)
                .as("a line in META-INF/services/%s", Extension.class.getName())
                .isPresent();
        assertThat(found.orElseThrow().extension().getClass().getName())
                .isEqualTo(extension().getClass().getName());
    }

    @Test
    void declaresTheSameWordEveryTime() {
        assertThat(extension().word()).isEqualTo(extension().word());
    }

    @Test
    void isKeptInTheSpec() throws Exception {
        assertThat(used().word()).isEqualTo(extension().word().name());
        assertThat(used().options()).hasSameSizeAs(extension().word().options());
        String json = SpecJson.mapper().writeValueAsString(spec());
        assertThat(SpecJson.mapper().readValue(json, PipelineSpec.class)).isEqualTo(spec());
    }
}
