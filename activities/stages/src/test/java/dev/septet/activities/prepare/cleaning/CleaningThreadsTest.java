package dev.septet.activities.prepare.cleaning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.JsonLinesFile;
import dev.septet.activities.prepare.RowEncoder;
import dev.septet.activities.prepare.SourceRun;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleaningThreadsTest {
    private static final int ROWS = 20;
    private static final int ROW_BYTES = 300_000;

    @TempDir
    private Path folder;

    /** Each thread gets a row as soon as one is read, and the first one waits until all are read or a while is over. */
    private static final class Waiting implements RowEncoder {
        private final CountDownLatch all = new CountDownLatch(ROWS);
        private final AtomicInteger begun = new AtomicInteger();

        @Override
        public TokenDataset.Row encode(Row row) {
            all.countDown();
            if (begun.getAndIncrement() == 0) {
                try {
                    boolean complete = all.await(1, TimeUnit.SECONDS);
                    assertThat(complete).as("all rows are in memory").isFalse();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return new TokenDataset.Row(new int[] {1, 2}, new byte[] {0, 1});
        }

        @Override
        public TokenDataset.Row encodeStart(Row row) {
            return encode(row);
        }
    }

    @Test
    void largeRowsArePendingUpToALimit() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            lines.add(
                    String.format(Locale.ROOT, "{\"prompt\":\"%d\",\"completion\":\"%s\"}", i, "a".repeat(ROW_BYTES)));
        }
        Path file = Files.write(folder.resolve("rows.jsonl"), lines);
        PrepareSpec spec = SourceRun.spec("dataset 'rows.jsonl'");
        RowCleaner.Steps steps = new RowCleaner.Steps(
                new Waiting(), new Redaction(null, new byte[32], JsonLinesFile.none()), null, null);
        AtomicInteger received = new AtomicInteger();
        try (CleaningThreads threads = new CleaningThreads(ROWS, 4 * ROW_BYTES, () -> new RowCleaner(spec, steps));
                DatasetReader reader =
                        DatasetReader.open(new SourceFile(file, "rows.jsonl"), DatasetFormat.COMPLETION)) {
            threads.clean(reader, true, row -> {
                assertThat(row.result()).isInstanceOf(CleanedRow.Candidate.class);
                received.incrementAndGet();
            });
        }
        assertThat(received).hasValue(ROWS);
    }
}
