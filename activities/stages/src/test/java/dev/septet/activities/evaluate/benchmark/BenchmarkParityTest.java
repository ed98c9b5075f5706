package dev.septet.activities.evaluate.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.gguf.PackagedModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine's log-probabilities and answers of SmolLM2-135M are those of lm-evaluation-harness with transformers. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BenchmarkParityTest {
    private LanguageModel model;
    private Tokenizer tokenizer;
    private EngineResponses engine;

    static List<String> tasks() throws Exception {
        return Exam.tasks();
    }

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        GgufImport.write(PackagedModel.SMOLLM2.gguf(), folder, ElementType.F32);
        model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
        tokenizer = Tokenizer.open(folder);
        engine = new EngineResponses(folder, model, tokenizer);
    }

    @AfterAll
    void close() {
        tokenizer.close();
        model.close();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void responsesAndMetricsAreEqual(String task) throws Exception {
        Benchmark benchmark = Exam.read(task);
        JsonNode golden = Exam.golden(task);
        List<BenchmarkTask.Row> rows = benchmark.rows();

        List<BenchmarkResponse> flat =
                engine.of(rows.stream().flatMap(row -> row.requests().stream()).toList());

        List<List<BenchmarkResponse>> responses = new ArrayList<>();
        int at = 0;
        for (int row = 0; row < rows.size(); row++) {
            int count = rows.get(row).requests().size();
            responses.add(flat.subList(at, at + count));
            at += count;
            for (int request = 0; request < count; request++) {
                BenchmarkResponse own = responses.get(row).get(request);
                JsonNode other = golden.path("rows").path(row).path("responses").path(request);
                String what = String.format(Locale.ROOT, "row %d, request %d", row, request);
                if (other.isTextual()) {
                    assertThat(own.text()).as(what).isEqualTo(other.textValue());
                } else {
                    double number = other.isArray() ? other.path(0).doubleValue() : other.doubleValue();
                    assertThat(own.number()).as(what).isCloseTo(number, within(1e-3 * Math.abs(number)));
                    if (other.isArray()) {
                        assertThat(own.greedy())
                                .as(what)
                                .isEqualTo(other.path(1).booleanValue());
                    }
                }
            }
        }
        for (BenchmarkMeasure measure : benchmark.measures()) {
            String name = measure.title().contains(",") ? measure.title() : measure.title() + ",none";
            double number = golden.path("metrics").path(name).doubleValue();
            assertThat(measure.score(measure.tallies(benchmark.tasks(), responses)))
                    .as(name)
                    .isCloseTo(number, within(measure.higherIsBetter() ? 1e-9 : 1e-3 * number));
        }
    }
}
