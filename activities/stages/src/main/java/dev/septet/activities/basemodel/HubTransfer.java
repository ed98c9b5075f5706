package dev.septet.activities.basemodel;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.DiskFullException;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;

/** Brings files of a repository into the cache. */
final class HubTransfer {
    private final HubSettings settings;
    private final HubConnection hub;

    HubTransfer(HubSettings settings, HubConnection hub) {
        this.settings = settings;
        this.hub = hub;
    }

    /** Downloads the files that are missing, and links them under their names. */
    void fetch(HubModel model, HubCache cache, HubListener listener) throws IOException {
        requireSpace(model, cache);
        long done = 0;
        for (HubFile file : model.files()) {
            long before = done;
            try {
                new HubDownload(hub, model, file, cache).run(here -> listener.at(before + here, model.bytes()));
            } catch (DiskFullException full) {
                throw full;
            } catch (IOException broken) {
                throw unreachable(model.kind(), model.id(), broken);
            }
            done += file.size();
        }
        for (HubFile file : model.files()) {
            cache.link(file, model.commit());
        }
    }

    private void requireSpace(HubModel model, HubCache cache) throws IOException {
        long missing = 0;
        for (HubFile file : model.files()) {
            missing += Files.exists(cache.blob(file)) ? 0 : file.size();
        }
        long free =
                Files.getFileStore(Files.createDirectories(settings.cache())).getUsableSpace();
        if (missing > free) {
            throw new StageProblem(
                    FailureType.DISK_FULL,
                    String.format(
                            Locale.ROOT,
                            "%s: '%s' needs %,d MB in %s, where %,d MB are free",
                            model.kind().stage(),
                            model.id(),
                            missing / 1_000_000,
                            settings.cache(),
                            free / 1_000_000));
        }
    }

    /** The problem of a hub that does not answer. */
    StageProblem unreachable(HubKind kind, HubId id, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String instead = kind == HubKind.MODEL ? "a model folder or of a .gguf file" : "a dataset file";
        return new StageProblem(
                FailureType.BACKEND_FAILED,
                "%s: cannot fetch '%s' from %s (%s); the part that arrived is kept. Without a hub, write the path of %s"
                        .formatted(kind.stage(), id, settings.endpoint(), reason, instead),
                cause);
    }
}
