package dev.septet.activities.prepare.shard;

import dev.septet.activities.prepare.cleaning.CleaningThreads;
import dev.septet.activities.prepare.label.VoteCounts;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cleaned rows of all shards, in reading order. Each is read once. */
public final class ShardedRows implements Closeable {
    private final ShardPlan plan;
    private final Shards shards;
    private int next;
    private ShardFile.@Nullable Reader open;

    /** Gives the folder of a shard's cleaned rows. */
    @FunctionalInterface
    public interface Shards {
        Path folder(int shard) throws IOException;
    }

    public ShardedRows(ShardPlan plan, Shards shards) {
        this.plan = plan;
        this.shards = shards;
    }

    /** The votes that the rows were labelled by; null without labelling functions. */
    public @Nullable VoteCounts votes() {
        return plan.votes();
    }

    /** The layouts of a source's files, in words. */
    public List<String> layouts(int source) {
        List<String> layouts = new ArrayList<>();
        plan.files().stream().filter(file -> file.source() == source).forEach(file -> layouts.add(file.layout()));
        return layouts;
    }

    /** The format of a source's rows, as the card shows it. */
    public String format(int source) {
        return plan.sources().get(source).format();
    }

    /** Gives the rows of a source. Sources are read in their order. */
    public void rowsOf(int source, CleaningThreads.Sink sink) throws IOException {
        for (ShardFile.Reader rows = rows(); rows != null; rows = rows()) {
            if (plan.files().get(rows.file()).source() != source) {
                return;
            }
            sink.add(rows.next());
        }
    }

    /** A shard with a next row; null at the end. */
    private ShardFile.@Nullable Reader rows() throws IOException {
        while (open == null || open.file() < 0) {
            close();
            if (next == plan.shards().size()) {
                return null;
            }
            open = new ShardFile.Reader(shards.folder(next++), plan.files());
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
