package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.SupervisedSpec;
import dev.septet.dsl.pipeline.train.UnsupervisedSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An objective meets the rows that it can learn, by their own shape. */
class ObjectiveCheckTest {
    private static final String PAIR = "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"b\"}";
    private static final String COMPLETION = "{\"prompt\":\"q\",\"completion\":\"a\"}";
    private static final String TEXT = "{\"text\":\"once\"}";

    @TempDir
    Path folder;

    @Test
    void takesWhatItLearns() {
        assertThatCode(() -> {
                    hold(new DpoSpec(0.1), PAIR);
                    hold(new SupervisedSpec(), COMPLETION);
                    hold(new UnsupervisedSpec(), TEXT);
                    hold(null, COMPLETION);
                    hold(null, TEXT);
                    hold(new DpoSpec(0.1), "no row at all");
                })
                .doesNotThrowAnyException();
    }

    @Test
    void refusesTheRestBehindBadRowsToo() {
        assertThatThrownBy(() -> hold(null, "{\n" + PAIR))
                .hasMessage("prepare: rows.jsonl: training learns answers and plain text, but the"
                        + " dataset's rows are preference; use `objective dpo()`");
        assertThatThrownBy(() -> hold(new DpoSpec(0.1), COMPLETION))
                .hasMessage("prepare: rows.jsonl: dpo learns pairs of a chosen and a rejected answer,"
                        + " but the dataset's rows are completion; use `objective"
                        + " supervised()`");
        assertThatThrownBy(() -> hold(new SupervisedSpec(), TEXT))
                .hasMessageContaining("use `objective unsupervised()`");
        assertThatThrownBy(() -> hold(new UnsupervisedSpec(), PAIR)).hasMessageContaining("use `objective dpo()`");
    }

    private void hold(@Nullable ObjectiveSpec objective, String rows) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), rows + "\n");
        PrepareSpec spec = new PrepareSpec(
                "rows.jsonl",
                null,
                DatasetFormat.AUTO,
                0,
                List.of(),
                true,
                null,
                SplitSpec.DEFAULT,
                64,
                PrepareSpec.DEFAULT_POLICY);
        ObjectiveCheck.check(spec, SourceSet.of(spec, new SourceFile(file, "rows.jsonl")), objective);
    }
}
