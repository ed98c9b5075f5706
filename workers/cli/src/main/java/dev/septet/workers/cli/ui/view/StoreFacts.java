package dev.septet.workers.cli.ui.view;

import dev.septet.activities.catalog.Catalog;
import dev.septet.activities.catalog.CatalogEntry;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.report.PipelineVersion;
import dev.septet.activities.report.PipelineVersions;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.local.CatalogueFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What this machine's store and folders say about all pipelines.
 *
 * @param newest name of the newest version's record of each pipeline
 * @param published pipelines that have published a model
 * @param served pipelines in the folders of this machine's workers
 */
record StoreFacts(Map<String, String> newest, Set<String> published, Set<String> served) {
    static final StoreFacts NONE = new StoreFacts(Map.of(), Set.of(), Set.of());

    StoreFacts {
        newest = Map.copyOf(newest);
        published = Set.copyOf(published);
        served = Set.copyOf(served);
    }

    /**
     * A pipeline in the store.
     *
     * @param version its newest version; null when it has none
     * @param live sha256 of the export that its alias points at; null when nothing was published
     * @param targets the folders and buckets that hold the alias
     */
    record Stored(
            @Nullable PipelineVersion version, @Nullable String live, List<String> targets) {
        static final Stored NOTHING = new Stored(null, null, List.of());
    }

    /**
     * Reads them: two listings of the store, and the folders' files.
     *
     * @param known names of files that were compiled before; gets the new ones
     */
    static StoreFacts read(Session session, Map<Path, ServedFile> known) throws IOException {
        Set<String> served = served(session, known);
        if (!session.hasStore()) {
            return new StoreFacts(Map.of(), Set.of(), served);
        }
        return new StoreFacts(
                PipelineVersions.newestNames(session.store()),
                Set.copyOf(new Aliases(session.store(), session.environment()).pipelines()),
                served);
    }

    /** The name in a file, and what changes when the file does. */
    record ServedFile(String pipeline, FileTime modified, long size) {}

    /** Compiles only files that changed, because a folder may have a thousand of them. */
    private static Set<String> served(Session session, Map<Path, ServedFile> known) throws IOException {
        Set<String> names = new HashSet<>();
        for (CatalogEntry entry : new Catalog(new CatalogueFile(session.state()).read()).entries()) {
            try {
                FileTime modified = Files.getLastModifiedTime(entry.file());
                long size = Files.size(entry.file());
                ServedFile file = known.get(entry.file());
                if (file == null || !file.modified().equals(modified) || file.size() != size) {
                    file = new ServedFile(entry.pipelineName(), modified, size);
                    known.put(entry.file(), file);
                }
                names.add(file.pipeline());
            } catch (IOException removed) {
                known.remove(entry.file());
            }
        }
        return names;
    }

    /** Names of all pipelines, sorted. */
    TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>(newest.keySet());
        names.addAll(published);
        names.addAll(served);
        return names;
    }

    /** What the store has of one pipeline: two records. */
    Stored stored(Session session, String pipeline) throws IOException {
        String record = newest.get(pipeline);
        if (record == null && !published.contains(pipeline)) {
            return Stored.NOTHING;
        }
        PipelineVersion version = record == null
                ? null
                : PipelineVersions.version(session.store(), record).orElse(null);
        AliasHistory alias = new Aliases(session.store(), session.environment()).history(pipeline);
        return new Stored(
                version,
                alias.current(),
                alias.targets().stream().map(AliasHistory.Target::folder).toList());
    }
}
