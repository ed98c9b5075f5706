package dev.septet.examples.attacks;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.Preparation;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Dataset files in all formats: JSON Lines, a JSON list and comma-separated values. */
final class DatasetTarget implements AttackTarget {
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            ",",
            ":",
            "\n",
            "\r\n",
            "\0",
            "null",
            "true",
            "-1",
            "1e999",
            "\"messages\"",
            "\"role\"",
            "\"user\"",
            "\"assistant\"",
            "\"system\"",
            "\"content\"",
            "\"text\"",
            "\"prompt\"",
            "\"completion\"",
            "\"chosen\"",
            "\"rejected\"",
            "\"instruction\"",
            "\"output\"",
            "\"tools\"",
            "\"tool_calls\"",
            "\"function_call\"",
            "\"function\"",
            "\"arguments\"",
            "\"tool_call_id\"",
            "\"tool\"",
            "\"developer\"",
            "\"reasoning_content\"",
            "\"weight\"",
            "\"train\"",
            "\"conversations\"",
            "\"from\"",
            "\"value\"",
            "\"observation\"",
            "\"responses\"",
            "{\"type\":\"text\",\"text\":\"x\"}",
            "{\"name\":\"f\",\"arguments\":{\"a\":[1,null]}}",
            "<|im_start|>",
            "<|im_end|>",
            "a@b.example",
            "4111 1111 1111 1111",
            "DE89 3704 0044 0532 0130 00",
            "+49 30 1234567",
            "\u202e",
            "\ud83d\ude00",
            "\ufeff",
            "=cmd|'/c'!A1",
            "\t");

    private static final List<String> NAMES = List.of("rows.jsonl", "rows.json", "rows.csv");

    private static final String PIPELINE = """
        pipeline('fuzz') {
            prepare {
                dataset 'rows.jsonl'
                maxBadRows 1000000
                maxTokens 64
            }
            initialize { model 'model' }
            train { method lora() }
            deploy { target directory('out') }
        }
        """;

    private final List<byte[]> corpus;
    private final PrepareSpec spec;
    private final ModelRowEncoder encoder;

    DatasetTarget(SeedCorpus files) {
        corpus = Stream.concat(
                        files.files("examples/quickstart/data", ".jsonl").stream()
                                .map(DatasetTarget::start),
                        Stream.of("""
                            {"text": "one"}
                            {"text": "two a@b.example"}
                            """, """
                            [{"prompt": "a", "completion": "b"}, {"prompt": "c", "completion": "d"}]
                            """, """
                            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "a"}]}, {"role": "assistant", "content": null, "reasoning_content": "r", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": {"a": 1.5, "b": [null, true]}}}]}, {"role": "tool", "content": "b", "tool_call_id": "1", "name": "f"}, {"role": "assistant", "content": "c", "weight": 1}], "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "number"}}}}}]}
                            """, """
                            {"conversations": [{"from": "human", "value": "a"}, {"from": "function_call", "value": "{\\"name\\": \\"f\\", \\"arguments\\": {}}"}, {"from": "observation", "value": "b"}, {"from": "gpt", "value": "c"}], "system": "s", "tools": "[{\\"name\\": \\"f\\"}]"}
                            """, """
                            {"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}]}
                            """, """
                            {"prompt": "a", "responses": ["b", "c", "d"]}
                            """, """
                            {"instruction": "a", "input": "b", "output": "c", "history": [["d", "e"]]}
                            """, """
                            {"prompt": "a", "chosen": "b", "rejected": "c"}
                            {"chosen": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "rejected": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "c"}]}
                            """, """
                            prompt,completion
                            "a ""b"" c","d
                            e"
                            f,g
                            """, """
                            instruction,output
                            a,b
                            """)
                                .map(text -> text.getBytes(StandardCharsets.UTF_8)))
                .toList();
        spec = Objects.requireNonNull(PipelineCompiler.compile(PipelineSource.of("fuzz.groovy", PIPELINE), Map.of())
                .spec()
                .orElseThrow()
                .prepare());
        encoder = new ModelRowEncoder(files.tinyModel(), spec.maxTokens());
    }

    /** The first rows of a file, because further rows are similar. */
    private static byte[] start(byte[] file) {
        return new String(file, StandardCharsets.UTF_8)
                .lines()
                .limit(5)
                .reduce("", (all, line) -> all + line + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String name() {
        return "dataset";
    }

    @Override
    public String entry() {
        return "the `prepare` stage's reader, cleaning and tokenizing";
    }

    @Override
    public Duration bound() {
        return Duration.ofSeconds(10);
    }

    @Override
    public Input input(Mutator mutator) {
        return new Input(
                mutator.pick(NAMES), mutator.once(3) ? mutator.json(corpus, PIECES) : mutator.text(corpus, PIECES));
    }

    @Override
    public boolean open(Input input, Path folder) throws IOException {
        Path file = Files.write(folder.resolve(input.name()), input.bytes());
        SourceFile source = new SourceFile(file, input.name());
        SourceDigest digest = SourceDigest.of(file);
        boolean taken = prepares(source, digest, folder);
        if (taken != plans(null, source, digest)) {
            throw new IllegalStateException("`plan` and `prepare` read the rows differently");
        }
        return taken;
    }

    private boolean plans(@Nullable ObjectiveSpec objective, SourceFile source, SourceDigest digest)
            throws IOException {
        try {
            DatasetPreview.of(spec, objective, source, digest, encoder, null, 1);
            return true;
        } catch (StageProblem pairs) {
            if (objective != null) {
                throw pairs;
            }
            return plans(new DpoSpec(0.1), source, digest);
        } catch (DatasetProblem refused) {
            return false;
        }
    }

    private boolean prepares(SourceFile source, SourceDigest digest, Path folder) throws IOException {
        try {
            new Preparation(spec, source, digest, encoder, encoder.digest(), 1)
                    .run(
                            Files.createDirectory(folder.resolve("scratch")),
                            Files.createDirectory(folder.resolve("out")),
                            row -> {});
            return true;
        } catch (DatasetProblem refused) {
            return false;
        }
    }

    @Override
    public void close() {
        encoder.close();
    }
}
