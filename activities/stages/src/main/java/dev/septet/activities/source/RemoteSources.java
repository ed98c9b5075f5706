package dev.septet.activities.source;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.source.bucket.BucketFiles;
import dev.septet.activities.source.bucket.DeclaredBuckets;
import dev.septet.activities.source.database.DeclaredDatabases;
import dev.septet.activities.source.database.QueryRows;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileModes;
import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import dev.septet.dsl.pipeline.prepare.QuerySpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies rows that are not in files of this machine into a folder: files of buckets, results of queries, and reviewed
 * rows. Each source is read once. Closing removes a temporary folder.
 */
public final class RemoteSources implements AutoCloseable {
    private final Map<String, String> environment;
    private final ReviewedFile reviewed;
    private final ReviewedCount reviewedCount;
    private final Map<SourceSpec, List<SourceFile>> read = new HashMap<>();
    private LongConsumer queried = rows -> {};
    private final boolean temporary;
    private @Nullable Path folder;

    /** The number of reviewed rows that a run reads. */
    @FunctionalInterface
    public interface ReviewedCount {
        /** The number of rows of a pipeline; negative for all present ones. */
        long of(String pipeline) throws IOException;
    }

    private RemoteSources(
            Map<String, String> environment,
            ReviewedFile reviewed,
            ReviewedCount reviewedCount,
            @Nullable Path folder,
            boolean temporary) {
        this.reviewedCount = reviewedCount;
        this.environment = environment;
        this.reviewed = reviewed;
        this.folder = folder;
        this.temporary = temporary;
    }

    /**
     * Copies into a folder of the caller.
     *
     * @param environment of the process, with the operator's file and the credentials that it names
     * @param reviewedCount the number of reviewed rows of a pipeline that the run reads; negative for all present ones
     */
    public static RemoteSources into(
            Path folder, Map<String, String> environment, ReviewedFile reviewed, ReviewedCount reviewedCount) {
        return new RemoteSources(environment, reviewed, reviewedCount, folder, false);
    }

    /**
     * Reports the progress of queries.
     *
     * @param queried receives the number of rows so far, about every second; it may throw to cancel the query
     */
    public RemoteSources reporting(LongConsumer queried) {
        this.queried = queried;
        return this;
    }

    /** Copies into a temporary folder, for a look at the rows before a run. */
    public static RemoteSources temporary(Map<String, String> environment, ReviewedFile reviewed) {
        return new RemoteSources(environment, reviewed, pipeline -> -1, null, true);
    }

    /**
     * The copy of a source; empty for a source that has none.
     *
     * @param listener receives the bytes of files of buckets
     * @throws StageProblem when the operator does not allow the source, or it cannot be read
     */
    synchronized List<SourceFile> files(RunRef run, SourceSpec source, BucketFiles.Listener listener)
            throws IOException {
        List<SourceFile> known = read.get(source);
        if (known == null) {
            known = copied(run, source, listener);
            read.put(source, known);
        }
        return known;
    }

    private List<SourceFile> copied(RunRef run, SourceSpec source, BucketFiles.Listener listener) throws IOException {
        BucketFilesSpec bucket = source.s3();
        List<SourceFile> files = new ArrayList<>();
        if (bucket != null) {
            for (BucketFiles.Downloaded file : new BucketFiles(DeclaredBuckets.of(environment))
                    .download(bucket, run.pipeline(), own(), listener)) {
                files.add(new SourceFile(file.path(), file.name(), DatasetFolder.content(file.name())));
            }
        }
        QuerySpec query = source.jdbc();
        if (query != null) {
            Path file = own().resolve("rows.jsonl");
            new QueryRows(DeclaredDatabases.of(environment)).write(query, source.name(), run.pipeline(), file, queried);
            files.add(new SourceFile(file, source.name(), CopiedRows.OF_A_QUERY));
        }
        String pipeline = source.reviewed();
        if (pipeline != null) {
            Path file = own().resolve("rows.jsonl");
            Files.write(file, reviewed.rows(pipeline, reviewedCount.of(pipeline)));
            files.add(new SourceFile(file, source.name(), CopiedRows.REVIEWED));
        }
        return files;
    }

    /** How rows that Septet copied are stored: as lines of JSON, in a file whose name has no ending. */
    private enum CopiedRows implements SourceContent {
        OF_A_QUERY("rows of a query"),
        REVIEWED("reviewed rows");

        private final String title;

        CopiedRows(String title) {
            this.title = title;
        }

        @Override
        public InputStream open(Path path, String name) throws IOException {
            return PLAIN.open(path, name);
        }

        @Override
        public long size(Path path, String name) throws IOException {
            return PLAIN.size(path, name);
        }

        @Override
        public String layoutName(String name) {
            return name + ".jsonl";
        }

        @Override
        public String title() {
            return title;
        }
    }

    /** A folder for one source. */
    private Path own() throws IOException {
        Path all = folder;
        if (all == null) {
            all = Files.createTempDirectory("septet-sources");
            folder = all;
        }
        return FileModes.OWNER.folder(all.resolve("source-" + read.size()));
    }

    @Override
    public synchronized void close() throws IOException {
        if (temporary && folder != null) {
            new Disk().remove(folder);
            folder = null;
        }
    }
}
