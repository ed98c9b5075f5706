package dev.septet.activities.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.notify.Notice;
import io.temporal.common.converter.DefaultDataConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a row says is in no failure as history keeps it, in no quarantine line, in no notice. */
class NothingOfARowLeavesTest {
    private static final String CANARY = "canary4711";

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        a.csv   | canary4711,canary4711@example.com\\n1,2
        a.csv   | canary4711,canary4711\\n1,2
        a.csv   | "canary4711
        a.csv   | prompt,completion\\ncanary4711\\n
        a.csv   | prompt,completion\\ncanary4711,\\n
        a.jsonl | {"canary4711": 1}
        a.jsonl | {"text": canary4711}
        a.jsonl | {"text": "canary4711", "text": 1}
        a.jsonl | {"text": ["canary4711"]}
        a.jsonl | canary4711
        a.jsonl | {"messages":[{"role":"canary4711","content":"x"}]}
        a.jsonl | {"messages":[{"role":"user","content":"x","name":"canary4711"}]}
        a.jsonl | {"text": "t", "label": "canary4711"}
        a.json  | [{"text": "canary4711"} {"text": "canary4711"}]
        a.txt   | canary4711
        """)
    void ofADatasetThatCannotBeRead(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content.replace("\\n", "\n"));
        List<String> left = new ArrayList<>();
        Throwable problem = catchThrowable(() -> {
            try (DatasetReader reader = DatasetReader.open(new SourceFile(file, name), DatasetFormat.AUTO)) {
                for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                    left.add(next.get().toString());
                }
            }
        });
        if (problem != null) {
            assertThat(problem).isInstanceOf(DatasetProblem.class);
            left.addAll(everywhere(problem));
        }
        left.add(planned(file, name));
        assertThat(left).isNotEmpty().allMatch(text -> text.contains(name));
        assertThat(left).noneMatch(text -> text.contains(CANARY));
    }

    /** What a plan says of the file. */
    private static String planned(Path file, String name) throws IOException {
        PrepareSpec spec = new PrepareSpec(
                name,
                null,
                DatasetFormat.AUTO,
                9,
                List.of(),
                true,
                null,
                SplitSpec.DEFAULT,
                64,
                PrepareSpec.DEFAULT_POLICY);
        try {
            DatasetPreview preview =
                    DatasetPreview.of(spec, null, new SourceFile(file, name), SourceDigest.of(file), null, null, 1);
            return Objects.requireNonNull(SpecJson.mapper().valueToTree(preview).toString());
        } catch (DatasetProblem refused) {
            return refused.toString();
        }
    }

    @Test
    void ofAParserThatQuotesWhatItCouldNotRead() {
        Throwable json = catchThrowable(() -> SpecJson.mapper().readTree("{\"a\": %s}".formatted(CANARY)));
        Throwable number = catchThrowable(() -> Integer.parseInt(CANARY));
        for (Throwable problem : List.of(
                json,
                number,
                new IllegalStateException("cannot go on", json),
                new StageProblem(FailureType.POISON_DATA, "a.jsonl:1: bad", number))) {
            assertThat(everywhere(problem)).noneMatch(text -> text.contains(CANARY));
        }
    }

    @Test
    void norACharacterThatSteersATerminal() {
        Throwable problem = new StageProblem(
                FailureType.INVALID_PIPELINE,
                "data/a\u001b]8;;http://evil\u0007b\u202E: bad",
                new IOException("c\u009b2J"));
        assertThat(everywhere(problem))
                .noneMatch(text -> text.codePoints().anyMatch(NothingOfARowLeavesTest::steers))
                .anyMatch(text -> text.contains("a<U+001B>]8;;http://evil<U+0007>b<U+202E>: bad"));
    }

    private static boolean steers(int point) {
        return point != '\n'
                && (Character.getType(point) == Character.CONTROL || Character.getType(point) == Character.FORMAT);
    }

    /** The failure with its causes and traces as history keeps it, and a notice of it. */
    private static List<String> everywhere(Throwable problem) {
        RuntimeException failure = Failures.of(problem);
        String kept = DefaultDataConverter.STANDARD_INSTANCE
                .exceptionToFailure(failure)
                .toString();
        String shown = dev.septet.workflows.FailureCauses.message(failure);
        Notice notice = new Notice("1", "failed", "", "p", "p", "r", "prepare", shown, List.of());
        // Protobuf's text form escapes what is not ASCII; the message is looked at as it is, too.
        return List.of(
                kept.replace("\\n", "\n"),
                shown,
                Objects.requireNonNull(SpecJson.mapper().valueToTree(notice).toString()),
                notice.message());
    }
}
