package dev.septet.workflows.setup;

import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The rungs of a search, with one child workflow for each rung of a trial. The best trials of a complete rung continue. So the
 * winner is a function of the results, and not of the order in which they come.
 *
 * <p>An asynchronous search also starts trials before their rung is complete, by the rule of ASHA. Their results are used when
 * the complete rung promotes them too; otherwise they are cancelled at the end. See ADR 75.
 */
final class SearchRounds {
    /** Larger is better; of equal ones, the trial that is first in the search. */
    private static final Comparator<TrialResult> BEST =
            Comparator.comparingDouble(TrialResult::compared).reversed().thenComparingInt(TrialResult::number);

    private final SetupRequest request;
    private final SearchPlan plan;
    private final int reduction;

    /** Started trials, by rung and number. */
    private final List<Map<Integer, Started>> started = new ArrayList<>();

    /** Results that have come, by rung and number. */
    private final List<Map<Integer, TrialResult>> come = new ArrayList<>();

    private final List<TrialResult> used = new ArrayList<>();
    private long early;

    /**
     * @param reduction one trial of this many is promoted early
     */
    SearchRounds(SetupRequest request, SearchPlan plan, int reduction) {
        this.request = request;
        this.plan = plan;
        this.reduction = reduction;
        this.early = plan.early();
        plan.widths().forEach(rung -> {
            started.add(new TreeMap<>());
            come.add(new TreeMap<>());
        });
    }

    /** A rung of a trial that has begun, and what ends it when it is not needed. */
    private record Started(Promise<TrialResult> result, CancellationScope scope) {}

    /**
     * Runs all rungs.
     *
     * @return every result that the choice reads, by rung and then by trial
     */
    List<TrialResult> run() {
        List<Integer> in = IntStream.range(0, plan.trials().size()).boxed().toList();
        for (int rung = 0; rung < plan.widths().size() && !in.isEmpty(); rung++) {
            List<Promise<TrialResult>> running = new ArrayList<>();
            for (int number : in) {
                running.add(start(number, rung).result());
            }
            Promise.allOf(running).get();
            List<TrialResult> results = running.stream().map(Promise::get).toList();
            used.addAll(results);
            if (rung + 1 < plan.widths().size()) {
                in = promoted(results, plan.widths().get(rung + 1));
            }
        }
        endEarlyOnes();
        return List.copyOf(used);
    }

    /** The winner: the best finite result of the last rung that has one. */
    static Optional<TrialResult> winner(List<TrialResult> results) {
        return last(results).stream()
                .filter(SearchRounds::finite)
                .min(Comparator.comparingInt(TrialResult::rung).reversed().thenComparing(BEST));
    }

    /** The last result of each trial, by number. */
    static List<TrialResult> last(List<TrialResult> results) {
        Map<Integer, TrialResult> last = new TreeMap<>();
        results.forEach(result ->
                last.merge(result.number(), result, (before, now) -> now.rung() > before.rung() ? now : before));
        return List.copyOf(last.values());
    }

    /** The numbers of the best trials with a finite score, in the order of the search. */
    static List<Integer> promoted(List<TrialResult> results, int width) {
        return results.stream()
                .filter(SearchRounds::finite)
                .sorted(BEST)
                .limit(width)
                .map(TrialResult::number)
                .sorted()
                .toList();
    }

    private static boolean finite(TrialResult result) {
        return Double.isFinite(result.validationLoss()) && Double.isFinite(result.compared());
    }

    private Started start(int number, int rung) {
        Map<Integer, Started> there = started.get(rung);
        Started known = there.get(number);
        if (known != null) {
            return known;
        }
        List<Promise<TrialResult>> result = new ArrayList<>();
        CancellationScope scope = Workflow.newCancellationScope(() -> result.add(child(number, rung)));
        scope.run();
        Promise<TrialResult> noted = plan.early() == 0
                ? result.get(0)
                : result.get(0).thenApply(now -> {
                    come.get(rung).put(number, now);
                    promoteEarly(rung);
                    return now;
                });
        Started begun = new Started(noted, scope);
        there.put(number, begun);
        return begun;
    }

    private Promise<TrialResult> child(int number, int rung) {
        PlannedTrial trial = plan.trials().get(number);
        String id = String.format(Locale.ROOT, "%s/%d/%d", StageStubs.id(request.run(), Stage.SETUP), number, rung);
        String summary = String.format(
                Locale.ROOT,
                "%s; to step %d",
                trial.point().words(),
                trial.ends().get(rung));
        TrialWorkflow child = Workflow.newChildWorkflowStub(
                TrialWorkflow.class, StageStubs.child(id, summary).build());
        return Async.function(child::trial, TrialRequest.of(request, trial, rung));
    }

    /** Starts the best of the trials that are already there, within the steps that are left for this. */
    private void promoteEarly(int rung) {
        int next = rung + 1;
        if (next == plan.widths().size()) {
            return;
        }
        List<TrialResult> there = List.copyOf(come.get(rung).values());
        for (int number : promoted(there, there.size() / reduction)) {
            int steps = plan.trials().get(number).steps(next);
            if (!started.get(next).containsKey(number) && steps <= early) {
                early -= steps;
                start(number, next);
            }
        }
    }

    /** Ends trials that were started early and that their complete rung did not promote. */
    private void endEarlyOnes() {
        if (plan.early() == 0) {
            return;
        }
        for (int rung = 0; rung < started.size(); rung++) {
            for (Map.Entry<Integer, Started> each : started.get(rung).entrySet()) {
                if (!isUsed(each.getKey(), rung)) {
                    each.getValue().scope().cancel("the complete rung did not promote this trial");
                    try {
                        each.getValue().result().get();
                    } catch (TemporalFailure unused) {
                        // no choice reads this trial
                    }
                }
            }
        }
    }

    private boolean isUsed(int number, int rung) {
        return used.stream().anyMatch(result -> result.number() == number && result.rung() == rung);
    }
}
