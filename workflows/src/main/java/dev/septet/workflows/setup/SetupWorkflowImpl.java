package dev.septet.workflows.setup;

import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.List;
import java.util.Locale;

/** Orchestration of stage 3: first the preflight, then the search with one child workflow per trial. */
public final class SetupWorkflowImpl implements SetupWorkflow {
    private final SetupActivities activities;

    @WorkflowInit
    public SetupWorkflowImpl(SetupRequest request) {
        activities = StageStubs.counted(
                SetupActivities.class,
                request.spec().policy(),
                TaskQueues.training(request.spec().resources()),
                "preflight " + request.run().pipeline());
    }

    @Override
    public SetupReport setup(SetupRequest request) {
        PreflightReport preflight = activities.preflight(request);
        SearchSpec search = request.spec().search();
        if (search == null) {
            return SetupReport.asWritten(request, preflight);
        }
        if (!search.onlyGrid()) {
            return search(request, search, preflight);
        }
        List<TrialResult> trials = run(SearchGrid.points(request, search));
        TrialResult best = SearchGrid.best(trials).orElseThrow(() -> noWinner(trials));
        return new SetupReport(preflight, best.learningRate(), best.rank(), trials, best.origin());
    }

    /** A search with more settings, with rungs, or with another choice than the validation loss. */
    private SetupReport search(SetupRequest request, SearchSpec search, PreflightReport preflight) {
        SearchPlan plan = activities.planSearch(request, preflight.secondsPerStep());
        int reduction = search.halving() == null ? 1 : search.halving().reduction();
        List<TrialResult> results = new SearchRounds(request, plan, reduction).run();
        TrialResult best = SearchRounds.winner(results).orElseThrow(() -> noWinner(results));
        SearchSummary summary = activities.endSearch(new SearchEnd(request, plan, results, best.number()));
        return new SetupReport(
                preflight,
                best.learningRate(),
                best.rank(),
                SearchRounds.last(results),
                plan.trials().get(best.number()).point(),
                summary,
                best.origin());
    }

    private static ApplicationFailure noWinner(List<TrialResult> results) {
        if (results.stream().anyMatch(result -> Double.isFinite(result.validationLoss()))) {
            return FailureType.INVALID_PIPELINE.of(
                    "search: no trial has a number for what `choose` reads on the validation split. Choose by another"
                            + " metric, or give the validation split more rows.");
        }
        return FailureType.INVALID_PIPELINE.of(
                "search: no trial ended with a finite validation loss. Try smaller learningRate values.");
    }

    private static List<TrialResult> run(List<TrialRequest> points) {
        List<Promise<TrialResult>> running =
                points.stream().map(SetupWorkflowImpl::start).toList();
        Promise.allOf(running).get();
        return running.stream().map(Promise::get).toList();
    }

    private static Promise<TrialResult> start(TrialRequest point) {
        String id = StageStubs.id(point.setup().run(), Stage.SETUP) + "/" + point.number();
        TrialWorkflow trial = Workflow.newChildWorkflowStub(
                TrialWorkflow.class,
                StageStubs.child(
                                id,
                                String.format(
                                        Locale.ROOT, "learning rate %s, rank %d", point.learningRate(), point.rank()))
                        .build());
        return Async.function(trial::trial, point);
    }
}
