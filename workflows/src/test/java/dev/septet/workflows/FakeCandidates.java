package dev.septet.workflows;

import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.candidate.CandidateActivities;
import dev.septet.workflows.candidate.CandidateRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Candidates whose values are given. */
final class FakeCandidates implements CandidateActivities {
    static final String DIGEST = "d".repeat(64);

    /** Why a candidate is left out by its check, by its name. */
    final Map<String, String> refused = new ConcurrentHashMap<>();

    /** Bits per byte, by name. */
    final Map<String, Double> bits = new ConcurrentHashMap<>();

    /** Each call, such as {@code screen models/a}. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    @Override
    public Examined screen(CandidateRequest request) {
        String model = request.initialize().model();
        calls.add("screen " + model);
        String why = refused.get(model);
        return why != null
                ? Examined.leftOut(model, why)
                : new Examined(
                        model,
                        new ArtifactRef("sha256:" + model, "a".repeat(64), 1),
                        DIGEST,
                        request.number(),
                        null,
                        null);
    }

    @Override
    public Examined examine(CandidateRequest request) {
        calls.add("examine " + request.initialize().model());
        return Objects.requireNonNull(request.screened())
                .with(bits.getOrDefault(request.initialize().model(), Double.NaN));
    }
}
