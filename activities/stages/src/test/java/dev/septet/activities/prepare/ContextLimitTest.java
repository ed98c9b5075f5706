package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextLimitTest {
    @TempDir
    Path folder;

    @Test
    void refusesRowsLongerThanTheModelReads() throws IOException {
        String config = Files.readString(TinyPipeline.baseModel().resolve("config.json"));
        Files.writeString(
                folder.resolve("config.json"),
                config.replaceFirst("\"max_position_embeddings\": *[0-9]+", "\"max_position_embeddings\": 128"));
        assertThatCode(() -> ContextLimit.check(folder, 128)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ContextLimit.check(folder, 129))
                .isInstanceOf(StageProblem.class)
                .hasMessage("prepare: maxTokens 129 is more than the context of the base model, which"
                        + " is 128 tokens; use maxTokens 128 or less");
    }

    /** The stage that opens the model says what is wrong with it. */
    @Test
    void saysNothingOfAFolderThatIsNoModel() throws IOException {
        assertThatCode(() -> ContextLimit.check(folder, 1_000_000)).doesNotThrowAnyException();
        Files.writeString(folder.resolve("config.json"), "{");
        assertThatCode(() -> ContextLimit.check(folder, 1_000_000)).doesNotThrowAnyException();
    }
}
