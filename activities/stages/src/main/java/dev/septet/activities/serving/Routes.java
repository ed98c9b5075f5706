package dev.septet.activities.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The routes of all pipelines: records {@code routes/<pipeline>}, and {@code
 * variants/<pipeline>/<sha256>} for each model that ever had a route. Every change replaces one
 * record atomically, and only if nobody changed it meanwhile. A repeated change has no effect.
 */
public final class Routes {
    private static final String ROUTES = "routes/";
    private static final String VARIANTS = "variants/";

    private final ArtifactStore store;

    public Routes(ArtifactStore store) {
        this.store = store;
    }

    /** Pipelines that have a route, sorted. */
    public List<String> pipelines() throws IOException {
        return store.records(ROUTES).stream()
                .map(name -> name.substring(ROUTES.length()))
                .toList();
    }

    /**
     * A pipeline's route; empty before its first publication.
     *
     * @throws StageProblem INVALID_PIPELINE when the record is damaged
     */
    public Optional<Route> route(String pipeline) throws IOException {
        Optional<String> text = store.record(ROUTES + pipeline);
        return text.isEmpty() ? Optional.empty() : Optional.of(read(pipeline, text.get()));
    }

    /**
     * A model that was published or on trial before.
     *
     * @param sha256 full digest of its export
     * @throws StageProblem INVALID_PIPELINE when there was none
     */
    public Variant known(String pipeline, String sha256) throws IOException {
        String text = store.record(VARIANTS + pipeline + "/" + sha256)
                .orElseThrow(() ->
                        StageProblem.invalid("pipeline '%s' has never served model %s".formatted(pipeline, sha256)));
        return SpecJson.mapper().readValue(text, Variant.class);
    }

    /**
     * Makes this model answer all requests.
     *
     * @throws StageProblem POLICY_DENIED when another model is on trial
     */
    public Route publish(String pipeline, Variant champion, Fence fence) throws IOException {
        return publish(pipeline, champion, GateBaseline.ANY, fence);
    }

    /**
     * Makes this model answer all requests, if the present champion is the one that it was compared
     * with.
     *
     * @throws StageProblem VERDICT_STALE when it is another one
     */
    public Route publish(String pipeline, Variant champion, GateBaseline against, Fence fence) throws IOException {
        recordVariant(pipeline, champion, fence);
        return change(
                pipeline,
                () -> {
                    against.check(pipeline, null);
                    return Route.first(pipeline, champion);
                },
                route -> {
                    refuseOther(route, champion);
                    if (!champion.same(route.champion())) {
                        against.check(pipeline, route.champion());
                    }
                    return route.only(champion);
                },
                fence);
    }

    /** Makes this model answer all requests by a person's decision; ends any trial. */
    public Route force(String pipeline, Variant champion, Fence fence) throws IOException {
        return change(pipeline, () -> Route.first(pipeline, champion), route -> route.only(champion), fence);
    }

    /**
     * Puts this model on trial on a fraction of the requests.
     *
     * @param share above 0, at most 1
     * @throws StageProblem POLICY_DENIED when another model is on trial; INVALID_PIPELINE when
     *     nothing was published yet
     */
    public Route challenge(String pipeline, Variant challenger, double share, Fence fence) throws IOException {
        return challenge(pipeline, challenger, share, null, GateBaseline.ANY, fence);
    }

    /**
     * Puts this model on trial, if the champion is the one that it was compared with.
     *
     * @param until time (milliseconds since 1970, UTC) from which the champion answers all requests
     *     even if nobody ends the trial; null = never
     * @throws StageProblem VERDICT_STALE when it is another one
     */
    public Route challenge(
            String pipeline, Variant challenger, double share, @Nullable Long until, GateBaseline against, Fence fence)
            throws IOException {
        recordVariant(pipeline, challenger, fence);
        return change(
                pipeline,
                null,
                route -> {
                    refuseOther(route, challenger);
                    against.check(pipeline, route.champion());
                    return route.withTrial(challenger, share, until);
                },
                fence);
    }

    /** Extends a model's trial; does nothing when the model is not on trial. */
    public Route renew(String pipeline, Variant challenger, long until, Fence fence) throws IOException {
        return change(pipeline, null, route -> route.renewed(challenger, until), fence);
    }

    /**
     * Makes the model on trial answer all requests.
     *
     * @throws StageProblem POLICY_DENIED when it is no longer on trial, because somebody ended the
     *     trial
     */
    public Route promote(String pipeline, Variant challenger, Fence fence) throws IOException {
        return change(
                pipeline,
                null,
                route -> {
                    if (!challenger.same(route.challenger()) && !challenger.same(route.champion())) {
                        throw new StageProblem(
                                FailureType.POLICY_DENIED,
                                "model %s is not on trial for '%s' any more: the route was changed by hand or by another run"
                                        .formatted(challenger.version(), pipeline));
                    }
                    return route.only(challenger);
                },
                fence);
    }

    /**
     * Removes a model from the route, whether it is the challenger or the champion.
     *
     * @param instead becomes the champion if the model was the champion; no other model is ever
     *     replaced
     */
    public Route withdraw(String pipeline, Variant model, Variant instead, Fence fence) throws IOException {
        return change(
                pipeline,
                null,
                route -> {
                    if (model.same(route.champion())) {
                        return route.only(instead);
                    }
                    return model.same(route.challenger()) ? route.only(route.champion()) : route;
                },
                fence);
    }

    private static void refuseOther(Route route, Variant than) {
        Variant other = route.challenger();
        if (other != null && !other.same(than)) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "model %s of run %s is on trial for '%s' already; wait for its end, or end it with: septet rollback %s"
                            .formatted(other.version(), other.runId(), route.pipeline(), route.pipeline()));
        }
    }

    private void recordVariant(String pipeline, Variant variant, Fence fence) throws IOException {
        String name = VARIANTS + pipeline + "/" + variant.sha256();
        if (store.record(name).isEmpty()) {
            store.putRecord(name, SpecJson.mapper().writeValueAsString(variant), fence);
        } else {
            var unused = store.renew(name); // the newest versions are those that were published last
        }
    }

    private Route change(String pipeline, @Nullable Supplier<Route> first, UnaryOperator<Route> step, Fence fence)
            throws IOException {
        while (true) {
            Optional<String> before = store.record(ROUTES + pipeline);
            if (before.isEmpty() && first == null) {
                throw StageProblem.invalid("pipeline '%s' has published nothing; published are: %s"
                        .formatted(pipeline, String.join(", ", pipelines())));
            }
            Route old = before.isEmpty() ? null : read(pipeline, before.get());
            Route next = old == null ? Objects.requireNonNull(first).get() : step.apply(old);
            if (next.equals(old)) {
                return next;
            }
            String text = SpecJson.mapper().writeValueAsString(next);
            if (store.replaceRecord(ROUTES + pipeline, before, text, fence)) {
                return next;
            }
        }
    }

    private static Route read(String pipeline, String text) {
        try {
            return SpecJson.mapper().readValue(text, Route.class);
        } catch (JsonProcessingException e) {
            throw StageProblem.invalid("the route of pipeline '%s' is damaged: publish it again".formatted(pipeline));
        }
    }
}
