package dev.septet.activities.prepare.shard;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.label.VoteCounts;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of all sources are divided. It has everything that depends on the order of the files: what a file's rows are is
 * decided once.
 *
 * @param sha256 digest of all sources
 * @param bytes size of all sources
 * @param files the files of all sources, in reading order
 * @param sources in the order of the pipeline file
 * @param shards in reading order
 * @param votes the votes of the labelling functions for all rows, which each label depends on; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardPlan(
        String sha256,
        long bytes,
        List<PlannedFile> files,
        List<PlannedSource> sources,
        List<Shard> shards,
        @Nullable VoteCounts votes) {
    /** Name of the plan's file. */
    static final String FILE = "plan.json";

    public ShardPlan {
        files = List.copyOf(files);
        sources = List.copyOf(sources);
        shards = List.copyOf(shards);
    }

    /**
     * A source.
     *
     * @param format the format of its rows, as the card shows it
     * @param commit the commit of a dataset of the Hub; null for any other source
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PlannedSource(String format, @Nullable String commit) {}

    /**
     * A file.
     *
     * @param source number of its source, from 0
     * @param format the format to open it with
     * @param layout its layout, in words
     */
    public record PlannedFile(
            int source, String name, DatasetFormat format, String layout, String sha256, long bytes) {}

    /**
     * Parts of neighbouring files that one activity cleans.
     *
     * @param parts at least one
     */
    public record Shard(List<Part> parts) {
        public Shard {
            parts = List.copyOf(parts);
        }

        /** Size of its parts. */
        public long bytes() {
            return parts.stream().mapToLong(Part::bytes).sum();
        }
    }

    /**
     * A whole file, or lines of a file.
     *
     * @param file number of the file, from 0
     * @param lines null for the whole file
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Part(int file, long bytes, @Nullable Lines lines) {}

    /**
     * Whole lines of a file.
     *
     * @param firstLine number of the first line, from 1
     * @param sha256 digest of the bytes
     */
    public record Lines(long from, long to, long firstLine, String sha256) {}

    /** Whether a shard has rows of a source. */
    public boolean reads(Shard shard, int source) {
        return shard.parts().stream().anyMatch(part -> files.get(part.file()).source() == source);
    }

    /** The digests of the sources with their secret, which a plan does not have. */
    public SourceDigest digest(byte[] secret) {
        List<SourceDigest.OfFile> digests = files.stream()
                .map(file -> new SourceDigest.OfFile(file.name(), file.sha256(), file.bytes()))
                .toList();
        return new SourceDigest(sha256, bytes, secret, digests);
    }

    /** Digest of everything that the cleaned rows of a shard depend on, beside the pipeline and its model. */
    public String digest(Shard shard) throws IOException {
        List<Object> parts = new ArrayList<>();
        for (Part part : shard.parts()) {
            PlannedFile file = files.get(part.file());
            parts.add(List.of(
                    file.source(),
                    file.name(),
                    file.format(),
                    part.lines() == null ? file.sha256() : part.lines().sha256(),
                    part.lines() == null ? 0 : part.lines().firstLine()));
        }
        if (votes != null) {
            parts.add(votes);
        }
        return HexFormat.of().formatHex(Sha256.start().digest(SpecJson.mapper().writeValueAsBytes(parts)));
    }

    /** Writes the plan into a folder. */
    public void write(Path folder) throws IOException {
        Files.write(folder.resolve(FILE), SpecJson.mapper().writeValueAsBytes(this));
    }

    /** Reads the plan of a folder. */
    public static ShardPlan read(Path folder) throws IOException {
        return SpecJson.mapper().readValue(Files.readAllBytes(folder.resolve(FILE)), ShardPlan.class);
    }
}
