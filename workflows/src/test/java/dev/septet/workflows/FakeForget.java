package dev.septet.workflows;

import dev.septet.workflows.forget.ErasurePlan;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.forget.ErasureRequest;
import dev.septet.workflows.forget.ForgetActivities;
import dev.septet.workflows.forget.PublishedVersionActivities;
import dev.septet.workflows.forget.RemovalRequest;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store that has rows of the pipeline {@code hello}. */
final class FakeForget implements ForgetActivities, PublishedVersionActivities {
    /** What was called, in its order. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    /** Open runs, question by question; in the end there is none. */
    final Deque<List<String>> open = new ConcurrentLinkedDeque<>();

    List<ErasurePlan.Retrained> retrain = List.of(new ErasurePlan.Retrained("hello", 3));
    List<String> served = List.of();

    /** Further pipelines, plan by plan, which each have a version that serves. */
    final Deque<String> later = new ConcurrentLinkedDeque<>();

    private final List<String> pipelines = new CopyOnWriteArrayList<>(List.of("hello"));

    @Override
    public ErasurePlan plan(ErasureRequest request) {
        calls.add("plan " + request.order());
        List<ErasurePlan.Retrained> now = new ArrayList<>(retrain);
        pipelines.stream()
                .filter(each -> now.stream().noneMatch(one -> one.pipeline().equals(each)) && !each.equals("hello"))
                .forEach(each -> now.add(new ErasurePlan.Retrained(each, 0)));
        ErasurePlan plan = new ErasurePlan(2, pipelines, 2L * pipelines.size(), now, pipelines, pipelines.size());
        String next = later.poll();
        if (next != null) {
            pipelines.add(next);
        }
        return plan;
    }

    @Override
    public void exclude(ErasureRequest request) {
        calls.add("exclude");
    }

    @Override
    public List<String> openRuns(ErasureRequest request, List<String> pipelines) {
        calls.add("open runs of " + pipelines);
        List<String> next = open.poll();
        return next == null ? List.of() : next;
    }

    @Override
    public List<String> stillServed(ErasureRequest request) {
        calls.add("still served");
        return served;
    }

    @Override
    public List<String> removeVersions(RemovalRequest request) {
        calls.add("remove versions of %s as %s"
                .formatted(request.pipeline(), request.run().pipeline()));
        return List.of("kept by " + request.pipeline());
    }

    @Override
    public ErasureReport erase(ErasureRequest request, List<String> retrained, List<String> left) {
        calls.add("erase after " + retrained.size());
        return new ErasureReport(
                request.order(), request.run().pipeline(), 2, 1, 5, 100, 1, List.of("abc"), retrained, left, 0);
    }
}
