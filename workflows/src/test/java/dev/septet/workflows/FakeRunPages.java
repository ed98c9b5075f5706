package dev.septet.workflows;

import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.summary.RunPageActivities;
import dev.septet.workflows.summary.RunPageRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers of which runs a page was requested. */
final class FakeRunPages implements RunPageActivities {
    static final ArtifactRef PAGE = new ArtifactRef("store:artifacts/page", "b".repeat(64), 10);

    final List<RunPageRequest> requested = new CopyOnWriteArrayList<>();

    /** No page can be written. */
    boolean broken;

    @Override
    public ArtifactRef write(RunPageRequest request) {
        requested.add(request);
        if (broken) {
            throw FailureType.INVALID_PIPELINE.of("the store is read-only");
        }
        return PAGE;
    }
}
