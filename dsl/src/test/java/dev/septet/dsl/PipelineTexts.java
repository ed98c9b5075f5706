package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.PipelineSpec;
import java.util.Map;

/** Small pipelines around the lines that a test is about. */
final class PipelineTexts {
    private PipelineTexts() {}

    /** A whole pipeline with these lines in its train block. */
    static String train(String lines) {
        return """
            pipeline('support') {
                prepare { dataset 'data/rows.jsonl' }
                initialize { model 'models/base' }
                train {
                    %s
                }
            }
            """.formatted(lines);
    }

    /** What the file says, which must be without a problem. */
    static PipelineSpec spec(String text, Map<String, ?> params) {
        Compilation compilation = compile(text, params);
        assertThat(compilation.printed()).isEmpty();
        return compilation.spec().orElseThrow();
    }

    static PipelineSpec spec(String text) {
        return spec(text, Map.of());
    }

    static Compilation compile(String text, Map<String, ?> params) {
        return PipelineCompiler.compile(PipelineSource.of("test.groovy", text), params);
    }
}
