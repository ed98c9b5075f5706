package dev.septet.activities.prepare.shard;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.Container;
import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.cleaning.SourceReaders;
import dev.septet.activities.prepare.label.VoteCounts;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Divides the rows of all sources into shards of about the same size. Only JSON Lines files are divided; other files, and the
 * rows of other pipelines, buckets and databases, are in one shard as a whole. Small files of a source share a shard.
 */
public final class ShardPlanner {
    /** The usual size of a shard: some minutes of one core's work. */
    public static final long SHARD_BYTES = 64_000_000;

    /** More shards make too long a workflow history. */
    private static final int MAX_SHARDS = 1000;

    private static final int BUFFER = 1 << 16;

    private final SourceSet sources;
    private final SourceReaders readers;
    private final long shardBytes;

    /**
     * @param shardBytes the size from which a shard takes no further bytes
     */
    public ShardPlanner(SourceSet sources, SourceReaders readers, long shardBytes) {
        this.sources = sources;
        this.readers = readers;
        this.shardBytes = shardBytes;
    }

    /**
     * Plans the shards. It reads every file once, besides its first rows.
     *
     * @param digest digests of the sources
     * @param votes the votes of the labelling functions for all rows; null for none
     * @param bytesRead receives the number of bytes read so far
     * @throws dev.septet.activities.dataset.file.DatasetProblem when the rows of a file have no known format
     */
    public ShardPlan plan(SourceDigest digest, @Nullable VoteCounts votes, LongConsumer bytesRead) throws IOException {
        long target = Math.max(shardBytes, digest.bytes() / MAX_SHARDS);
        List<ShardPlan.PlannedFile> files = new ArrayList<>();
        List<ShardPlan.PlannedSource> planned = new ArrayList<>();
        List<ShardPlan.Shard> shards = new ArrayList<>();
        long read = 0;
        for (int s = 0; s < sources.sources().size(); s++) {
            DatasetSource source = sources.sources().get(s);
            DatasetFormat format = source.spec().format();
            List<ShardPlan.Part> parts = new ArrayList<>();
            for (SourceFile file : source.files()) {
                SourceDigest.OfFile known = digest.files().get(files.size());
                boolean lines;
                DatasetFormat decided;
                String layout;
                try (DatasetReader reader = readers.open(file, source.spec(), format, RowSample.WHOLE)) {
                    while (reader.format() == DatasetFormat.AUTO
                            && reader.pending().isPresent()) {
                        // The first rows decide the format; bad rows decide nothing.
                    }
                    decided = reader.format();
                    layout = reader.layout();
                    lines = file.content() == SourceContent.PLAIN
                            && source.spec().extension() == null
                            && source.spec().fixed()
                            && layout.equals(Container.LINES.title());
                }
                int number = files.size();
                files.add(new ShardPlan.PlannedFile(s, file.name(), decided, layout, known.sha256(), known.bytes()));
                if (lines) {
                    parts.addAll(lines(file, number, target, read, bytesRead));
                } else {
                    parts.add(new ShardPlan.Part(number, known.bytes(), null));
                }
                format = decided;
                read += known.bytes();
                bytesRead.accept(read);
            }
            planned.add(new ShardPlan.PlannedSource(format.name().toLowerCase(Locale.ROOT), source.commit()));
            // Rows of a bucket or a database are copied again wherever a shard of them is cleaned.
            shards.addAll(shards(parts, source.spec().fixed() ? target : Long.MAX_VALUE));
        }
        return new ShardPlan(digest.sha256(), digest.bytes(), files, planned, shards, votes);
    }

    /** Neighbouring parts, until a shard is large enough. */
    private static List<ShardPlan.Shard> shards(List<ShardPlan.Part> parts, long target) {
        List<ShardPlan.Shard> shards = new ArrayList<>();
        List<ShardPlan.Part> shard = new ArrayList<>();
        long bytes = 0;
        for (ShardPlan.Part part : parts) {
            shard.add(part);
            bytes += part.bytes();
            if (bytes >= target) {
                shards.add(new ShardPlan.Shard(shard));
                shard = new ArrayList<>();
                bytes = 0;
            }
        }
        if (!shard.isEmpty()) {
            shards.add(new ShardPlan.Shard(shard));
        }
        return shards;
    }

    /** Cuts a file after the first line end at or behind each multiple of the target size. */
    private static List<ShardPlan.Part> lines(
            SourceFile file, int number, long target, long before, LongConsumer bytesRead) throws IOException {
        List<ShardPlan.Part> parts = new ArrayList<>();
        byte[] buffer = new byte[BUFFER];
        MessageDigest digest = Sha256.start();
        long from = 0;
        long at = 0;
        long firstLine = 1;
        long line = 1;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file.path()), BUFFER)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                int start = 0;
                for (int i = 0; i < read; i++) {
                    if (buffer[i] != '\n') {
                        continue;
                    }
                    line++;
                    long end = at + i + 1;
                    if (end - from >= target) {
                        digest.update(buffer, start, i + 1 - start);
                        start = i + 1;
                        parts.add(part(number, from, end, firstLine, digest));
                        from = end;
                        firstLine = line;
                    }
                }
                digest.update(buffer, start, read - start);
                at += read;
                bytesRead.accept(before + at);
            }
        }
        if (at > from || parts.isEmpty()) {
            parts.add(part(number, from, at, firstLine, digest));
        }
        return parts;
    }

    private static ShardPlan.Part part(int file, long from, long to, long firstLine, MessageDigest digest) {
        return new ShardPlan.Part(
                file,
                to - from,
                new ShardPlan.Lines(from, to, firstLine, HexFormat.of().formatHex(digest.digest())));
    }
}
