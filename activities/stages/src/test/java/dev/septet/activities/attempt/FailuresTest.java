package dev.septet.activities.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.FencingToken;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.sandbox.ReplacedProgramException;
import dev.septet.workflows.FailureType;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
    static Stream<Arguments> problems() {
        return Stream.of(
                of(StageProblem.invalid("a word"), FailureType.INVALID_PIPELINE, "a word"),
                of(
                        new DatasetProblem(DatasetProblem.Blame.DATA, PublicText.of("a.jsonl:3: bad")),
                        FailureType.POISON_DATA,
                        "a.jsonl:3: bad"),
                of(
                        new DatasetProblem(DatasetProblem.Blame.PIPELINE, PublicText.of("a.jsonl: empty")),
                        FailureType.INVALID_PIPELINE,
                        "a.jsonl: empty"),
                of(
                        new FencedException(new Fence("run/train", 1), new FencingToken(0, 2)),
                        FailureType.FENCED,
                        "attempt 2 has taken over"),
                of(
                        new CorruptArtifactException("model/weights: changed"),
                        FailureType.CHECKPOINT_CORRUPT,
                        "model/weights: changed. Start the pipeline again"),
                of(
                        new MissingKeyException("x: is encrypted with the key 'a'."),
                        FailureType.POLICY_DENIED,
                        "x: is encrypted with the key 'a'. Start the workers again, then resume"),
                of(new FormatProblem(Path.of("m"), "is a pickle"), FailureType.INVALID_PIPELINE, "m: is a pickle"),
                of(new NoSuchFileException("data.jsonl"), FailureType.INVALID_PIPELINE, "data.jsonl: no such file"),
                of(new AccessDeniedException("data.jsonl"), FailureType.INVALID_PIPELINE, "may not read or write"),
                of(
                        new UncheckedIOException(new FileSystemException("out", null, "No space left on device")),
                        FailureType.DISK_FULL,
                        "the disk is full: cannot write out"),
                of(
                        new ReplacedProgramException(Path.of("/usr/lib/septet/runtime/bin/java")),
                        FailureType.PROGRAM_REPLACED,
                        "/usr/lib/septet/runtime/bin/java is gone. Restart"),
                of(new OutOfMemoryError("heap"), FailureType.OUT_OF_MEMORY, "memory ran out"),
                of(
                        new EngineException("CUDA error: out of memory"),
                        FailureType.OUT_OF_MEMORY,
                        "not enough memory for this step"),
                of(new EngineException("odd"), FailureType.BACKEND_FAILED, "EngineException: odd"),
                of(new IOException("broken"), FailureType.BACKEND_FAILED, "cannot read or write"),
                of(new IllegalStateException("odd"), FailureType.BACKEND_FAILED, "IllegalStateException: odd"));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void hasATypeAndPlainWords(Throwable problem, FailureType type, String words) {
        assertThat(Failures.of(problem)).isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
            assertThat(failure.getType()).isEqualTo(type.type());
            assertThat(failure.isNonRetryable()).isEqualTo(!type.retryable());
            assertThat(failure.getOriginalMessage()).contains(words);
        });
    }

    @Test
    void passesCancellationAndCutsLongMessages() {
        CanceledFailure cancelled = new CanceledFailure("enough");
        assertThat(Failures.of(cancelled)).isSameAs(cancelled);
        ApplicationFailure failure = (ApplicationFailure) Failures.of(StageProblem.invalid("x".repeat(10_000)));
        assertThat(failure.getOriginalMessage()).hasSizeLessThan(4200);
    }

    private static Arguments of(Throwable problem, FailureType type, String words) {
        return Arguments.of(problem, type, words);
    }

    /** Such a chain ended the whole worker before: its copy needed more stack than there is. */
    @Test
    void aDeepOrCyclicChainIsCopiedWithItsLastCause() {
        Throwable deep = new IOException("the root");
        for (int level = 0; level < 100_000; level++) {
            deep = new IllegalStateException("level", deep);
        }
        Throwable shallow = new IOException("the root");
        for (int level = 0; level < 9_000; level++) {
            shallow = new IllegalStateException("level", shallow);
        }
        IllegalStateException first = new IllegalStateException("first");
        IllegalStateException second = new IllegalStateException("second", first);
        first.initCause(second);

        assertThat(Failures.of(deep)).hasMessageContaining("level");
        assertThat(Failures.of(shallow)).rootCause().hasMessageContaining("the root");
        assertThat(Failures.of(first)).rootCause().hasMessageContaining("second");
    }

    @Test
    void hidesWhatLooksLikeASecretInTheMessagesOfLibraries() {
        RuntimeException failure = Failures.of(new IllegalStateException(
                "GET https://bot:hunter22@hub.example failed: Authorization: Bearer canary4711",
                new IOException("token=canary4711")));

        assertThat(failure).hasStackTraceContaining("hub.example").rootCause().hasMessageContaining("[SECRET]");
        assertThat(org.assertj.core.util.Throwables.getStackTrace(failure))
                .doesNotContain("canary4711")
                .doesNotContain("hunter22");
    }

    @Test
    void cutsNoCharacterInHalf() {
        RuntimeException failure = Failures.of(new IllegalStateException("x" + "\uD83D\uDD25".repeat(5_000)));

        String message = ((ApplicationFailure) failure).getOriginalMessage();
        assertThat(message).endsWith("\uD83D\uDD25 ...");
    }
}
