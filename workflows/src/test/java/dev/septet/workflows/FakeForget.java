package dev.septet.workflows;

import dev.septet.workflows.forget.ErasurePlan;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.forget.ErasureRequest;
import dev.septet.workflows.forget.ForgetActivities;
import dev.septet.workflows.forget.PublishedVersionActivities;
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

    @Override
    public ErasurePlan plan(ErasureRequest request) {
        calls.add("plan " + request.order());
        return new ErasurePlan(2, List.of("hello"), retrain);
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
    public void removeVersions(ErasureRequest request) {
        calls.add("remove versions");
    }

    @Override
    public ErasureReport erase(ErasureRequest request, List<String> retrained) {
        calls.add("erase after " + retrained.size());
        return new ErasureReport(
                request.order(), request.run().pipeline(), 2, 1, 5, 100, 1, List.of("abc"), retrained, List.of());
    }
}
