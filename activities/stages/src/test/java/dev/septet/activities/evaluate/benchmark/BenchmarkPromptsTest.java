package dev.septet.activities.evaluate.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts, filters and numbers equal those of lm-evaluation-harness, given the same responses of a model. */
class BenchmarkPromptsTest {
    static List<String> tasks() throws Exception {
        return Exam.tasks();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void promptsAreEqual(String task) throws Exception {
        List<BenchmarkTask.Row> rows = Exam.read(task).rows();
        JsonNode golden = Exam.golden(task).path("rows");

        assertThat(rows).hasSize(golden.size());
        for (int row = 0; row < rows.size(); row++) {
            assertThat(prompt(rows.get(row).requests().get(0)))
                    .as("row %d", row)
                    .isEqualTo(golden.path(row).path("prompt").textValue());
        }
    }

    private static String prompt(BenchmarkRequest request) {
        if (request instanceof BenchmarkRequest.Continuation pair) {
            return pair.context();
        }
        return request instanceof BenchmarkRequest.Generation asked
                ? asked.context()
                : ((BenchmarkRequest.WholeText) request).text();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void numbersAreEqualGivenTheSameResponses(String task) throws Exception {
        assertEqual(Exam.read(task), Exam.golden(task).path("metrics"), responses(task));
    }

    @Test
    void meansOfGroupsAreEqual() throws Exception {
        List<List<BenchmarkResponse>> responses = new ArrayList<>();
        for (String task : List.of("exam_arithmetic", "exam_capitals", "exam_sentiment")) {
            responses.addAll(responses(task));
        }
        assertEqual(Exam.read("exam_choice"), Exam.golden("exam_choice").path("metrics"), responses);
    }

    private static void assertEqual(Benchmark benchmark, JsonNode golden, List<List<BenchmarkResponse>> responses) {
        for (BenchmarkMeasure measure : benchmark.measures()) {
            String name = measure.title().contains(",") ? measure.title() : measure.title() + ",none";
            double[][] tallies = measure.tallies(benchmark.tasks(), responses);
            assertThat(measure.score(tallies))
                    .as(name)
                    .isCloseTo(golden.path(name).doubleValue(), within(golden.path(name)));
            String error = name.replaceFirst(",", "_stderr,");
            Double own = measure.standardError(tallies);
            if (own != null) {
                assertThat(own).as(error).isCloseTo(golden.path(error).doubleValue(), within(golden.path(error)));
            }
        }
    }

    private static org.assertj.core.data.Offset<Double> within(JsonNode expected) {
        assertThat(expected.isNumber()).isTrue();
        return org.assertj.core.data.Offset.offset(1e-7 * Math.max(1, Math.abs(expected.doubleValue())));
    }

    /** The responses of the model that the goldens were made with. */
    private static List<List<BenchmarkResponse>> responses(String task) throws Exception {
        List<List<BenchmarkResponse>> all = new ArrayList<>();
        for (JsonNode row : Exam.golden(task).path("rows")) {
            List<BenchmarkResponse> responses = new ArrayList<>();
            for (JsonNode response : row.path("responses")) {
                responses.add(
                        response.isTextual()
                                ? new BenchmarkResponse(null, null, response.textValue())
                                : response.isArray()
                                        ? BenchmarkResponse.of(
                                                response.path(0).doubleValue(),
                                                response.path(1).booleanValue())
                                        : BenchmarkResponse.of(response.doubleValue(), false));
            }
            all.add(responses);
        }
        return all;
    }
}
