package dev.septet.activities.source;

import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.SourceRun;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Prepares rows of buckets and databases of an operator's file.
 *
 * @param folder the folder of the pipeline file
 * @param environment of the worker, without the operator's file
 */
public record RemoteRun(Path folder, Map<String, String> environment, String operator) {
    /** The sources of a {@code prepare} block. */
    public SourceSet resolve(String lines) throws IOException {
        return resolve(SourceRun.spec(lines), rows -> {});
    }

    /** The last number of rows that the queries of a {@code prepare} block report. */
    public long queried(String lines) throws IOException {
        AtomicLong last = new AtomicLong();
        var unused = resolve(SourceRun.spec(lines), last::set);
        return last.get();
    }

    private SourceSet resolve(PrepareSpec spec, LongConsumer queried) throws IOException {
        Path file = Files.writeString(folder.resolve("operator.yaml"), operator);
        Map<String, String> all = new HashMap<>(environment);
        all.put("SEPTET_TRAINERS", file.toString());
        return SourceResolver.withoutPipelines(SourceRun.files(folder))
                .with(RemoteSources.into(
                                Files.createTempDirectory(folder, "copies"), all, ReviewedFile.NONE, pipeline -> -1)
                        .reporting(queried))
                .resolve(SourceRun.run(folder), spec);
    }

    /** Prepares the sources of a {@code prepare} block. */
    public SourceRun prepare(String lines) throws IOException {
        PrepareSpec spec = SourceRun.spec(lines);
        return SourceRun.of(folder, spec, resolve(spec, rows -> {}));
    }

    /** The texts of the files of the sources. */
    public List<String> texts(String lines) throws IOException {
        return resolve(lines).files().stream().map(RemoteRun::text).toList();
    }

    private static String text(SourceFile file) {
        try {
            return Files.readString(file.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
