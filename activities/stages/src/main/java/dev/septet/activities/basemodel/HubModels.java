package dev.septet.activities.basemodel;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.probe.ModelCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Provides models of the hub by their names. */
public final class HubModels {
    private static final Logger LOG = LoggerFactory.getLogger(HubModels.class);
    private static final String MAIN = "main";
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final HubSettings settings;
    private final HubConnection hub;
    private final HubTransfer transfer;

    public HubModels(HubSettings settings) {
        this.settings = settings;
        this.hub = new HubConnection(settings);
        this.transfer = new HubTransfer(settings, hub);
    }

    /**
     * The folder of a model's files; downloads files that are not in the cache. When the hub does
     * not answer, the last known commit is used.
     *
     * @param revision branch, tag or commit; empty for {@code main}
     * @throws StageProblem that says what the author, or the worker's operator, has to do
     */
    public Path folder(HubId id, Optional<String> revision, HubListener listener) throws IOException {
        String requested = revision.orElse(MAIN);
        HubCache cache = new HubCache(settings.cache(), HubKind.MODEL, id);
        Optional<Path> known = cache.known(requested).filter(HubModels::complete);
        if (known.isPresent()
                && (settings.offline() || COMMIT.matcher(requested).matches())) {
            return known.get();
        }
        if (settings.offline()) {
            throw StageProblem.invalid(("initialize: '%s' at '%s' is not (completely) in the cache %s, and"
                            + " HF_HUB_OFFLINE does not allow a download")
                    .formatted(id, requested, settings.cache()));
        }
        HubModel model;
        try {
            model = hub.model(HubKind.MODEL, id, requested);
        } catch (IOException unreachable) {
            if (known.isEmpty()) {
                throw transfer.unreachable(HubKind.MODEL, id, unreachable);
            }
            LOG.warn("{} does not answer; using the last known version of {}", settings.endpoint(), id);
            return known.get();
        }
        transfer.fetch(model, cache, listener);
        cache.storeCommit(requested, model.commit());
        return cache.snapshot(model.commit());
    }

    /** Whether a folder has a whole model: other tools may have downloaded single files only. */
    private static boolean complete(Path folder) {
        ModelCheck.folder(folder);
        try {
            ModelFolder.open(folder);
            return true;
        } catch (FormatProblem incomplete) {
            return false;
        }
    }
}
