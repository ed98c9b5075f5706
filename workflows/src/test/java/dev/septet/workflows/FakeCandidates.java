package dev.septet.workflows;

import static dev.septet.workflows.Await.await;

import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.candidate.CandidateActivities;
import dev.septet.workflows.candidate.CandidateEnd;
import dev.septet.workflows.candidate.CandidateRequest;
import dev.septet.workflows.candidate.CandidateTrained;
import dev.septet.workflows.candidate.CandidateTrainingRequest;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Locale;
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

    /** Bits per byte after the short training, by name. */
    final Map<String, Double> trained = new ConcurrentHashMap<>();

    /** What a short training fails with, by name. */
    final Map<String, ApplicationFailure> failures = new ConcurrentHashMap<>();

    /** Whose short training each one waits for, by name. */
    final Map<String, String> after = new ConcurrentHashMap<>();

    /** The whole trainings whose first steps were trained, in the order of their ends. */
    final List<TrainRequest> trainings = new CopyOnWriteArrayList<>();

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

    @Override
    public CandidateTrained train(CandidateTrainingRequest request) {
        String model = request.exam().initialize().model();
        String other = after.get(model);
        if (other != null) {
            await().until(() -> calls.stream().anyMatch(call -> call.startsWith("train " + other + " ")));
        }
        calls.add(String.format(Locale.ROOT, "train %s for %d steps", model, request.steps()));
        trainings.add(request.training());
        ApplicationFailure failure = failures.get(model);
        if (failure != null) {
            throw failure;
        }
        return new CandidateTrained(
                Objects.requireNonNull(request.exam().screened()).trained(trained.getOrDefault(model, Double.NaN)),
                "key of " + model);
    }

    @Override
    public void end(CandidateEnd end) {
        calls.add("end "
                + end.unused().stream()
                        .map(each -> each.number() + " " + each.training())
                        .toList());
    }
}
