package dev.septet.activities.evaluate.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Task files that cannot be used are refused by file, line and name. Nothing in them is run. */
class TaskFileMistakesTest {
    private static final String TASK = """
        task: t
        dataset_path: json
        dataset_kwargs:
          data_files: {train: rows.jsonl, test: rows.jsonl}
        output_type: multiple_choice
        test_split: test
        doc_to_text: "{{question}}"
        doc_to_choice: choices
        doc_to_target: answer
        """;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeRows() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), """
            {"question": "1 + 1 =", "choices": ["1", "2"], "answer": 1, "n": 1}
            {"question": "1 + 2 =", "choices": ["3", "4"], "answer": 0, "n": 2.5}
            """);
    }

    private Benchmark read(String text, @Nullable String metric) throws IOException {
        Files.writeString(folder.resolve("t.yaml"), text);
        return Benchmark.read(
                new BenchmarkSpec("t.yaml", metric, null, null, null, null),
                path -> folder.resolve(path).toRealPath());
    }

    @Test
    void theTaskWithoutMistakesIsRead() throws IOException {
        Benchmark benchmark = read(TASK, null);

        assertThat(benchmark.rows()).hasSize(2);
        assertThat(benchmark.rows().get(1).requests())
                .containsExactly(
                        new BenchmarkRequest.Continuation("1 + 2 =", " 3"),
                        new BenchmarkRequest.Continuation("1 + 2 =", " 4"));
        assertThat(benchmark.gated().title()).isEqualTo("acc");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        process_docs: !function utils.process  | t.yaml:10: `process_docs` is code (`!function`), which Septet never runs
        doc_to_decontamination_query: !!python/object:os.system x | t.yaml:10
        metadata: &a [*a]                      | t.yaml
        process_results: utils.results         | `process_results` is not supported; Septet runs no code
        unsafe_code: true                      | `unsafe_code` is not supported
        custom_dataset: x                      | `custom_dataset` is not supported
        nonsense: 1                            | t.yaml:10: `nonsense` is not known here
        num_fewshot: 100000                    | t.yaml:10: `num_fewshot` is 100000; expected a whole number from 0 to 1000
        num_fewshot: 3                         | needs 3 solved rows, but their split has 2
        fewshot_config: {sampler: balanced}    | `sampler` is not known; expected default or first_n
        fewshot_config: {fewshot_indices: [1]} | `fewshot_indices` is not supported
        metric_list: [{metric: mcc}]           | `metric` is a metric that Septet does not have for multiple_choice
        metric_list: [{metric: acc, aggregation: median}] | `aggregation` is not that of acc; write mean
        metric_list: [{metric: acc, hf_evaluate: true}]   | `hf_evaluate` is not supported
        repeats: 5                             | `repeats` asks for several answers
        description: "{{ nothing }}"           | `description`, line 1: "nothing" is undefined
        description: "{% for x in range(99999999) %}x{% endfor %}" | `description`, line 1:
        description: "{{ 'x' * 999999999 }}"   | `description`, line 1:
        description: "{{ question.__class__ }}" | `description`, line 1:
        description: "{{ broken"               | t.yaml:10: `description`, line 1:
        include: t.yaml                        | includes itself
        filter_list: [{name: a, filter: [{function: take_first}]}] | filters no answers here
        target_delimiter: 5                    | `target_delimiter` is a number; expected a text
        """)
    void refuses(String line, String message) {
        assertThatThrownBy(() -> read(TASK + line + "\n", null))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        dataset_path: json       | dataset_path: allenai/ai2_arc   | `dataset_path` is not local
        test_split: test         | test_split: dev                 | `test_split` is not a split of `data_files`; expected train, test
        doc_to_choice: choices   | doc_to_choice: question         | `doc_to_choice` is not a list for a row
        doc_to_choice: choices   | doc_to_choice: "{{n}}"          | `doc_to_choice` is not a list for a row
        doc_to_target: answer    | doc_to_target: n                | `doc_to_target` has another kind of value
        doc_to_text: "{{question}}" | doc_to_text: n               | `doc_to_text`
        test: rows.jsonl         | test: http://host/rows.jsonl    | is an address; only local files are read
        test: rows.jsonl         | test: "*.jsonl"                 | is a pattern; name each file
        output_type: multiple_choice | output_type: chat           | `output_type` is not known
        task: t                  | tasks: t                        | is not a task file
        """)
    void refusesOtherValues(String line, String other, String message) {
        assertThatThrownBy(() -> read(TASK.replace(line, other), null))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesAMetricThatTheFileDoesNotHave() {
        assertThatThrownBy(() -> read(TASK, "bleu"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("benchmark 't.yaml': has no metric 'bleu'; it has acc, acc_norm");
    }

    @Test
    void messagesHaveNoTextOfRows() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), "{\"question\": \"secret words\"\n");

        assertThatThrownBy(() -> read(TASK, null))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("rows.jsonl:1:")
                .hasMessageNotContaining("secret");
    }
}
