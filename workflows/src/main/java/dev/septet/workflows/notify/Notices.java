package dev.septet.workflows.notify;

import dev.septet.dsl.pipeline.CommandSpec;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.NotifySpec.Event;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends notifications while a run continues. A notification that cannot be delivered is reported and changes nothing
 * else.
 */
public final class Notices {
    /** Five attempts within about two minutes, because a notification that arrives hours late is misleading. */
    private static final StagePolicy POLICY = new StagePolicy(
            Duration.ofMinutes(1), Duration.ofMinutes(1), 5, Duration.ofSeconds(5), StagePolicy.DEFAULT_FACTOR);

    private static final int LONGEST = 1000;

    private final Supplier<List<NotifySpec>> channels;
    private final Supplier<@Nullable RunRef> run;
    private final String pipeline;
    private final Consumer<String> failed;
    private final List<Promise<Void>> sent = new ArrayList<>();
    private int number;

    /**
     * Notifications of one workflow execution, distinguished by their numbers.
     *
     * @param channels the current notification rules
     * @param run the run whose file declares them
     * @param failed called for each notification that could not be delivered
     */
    public Notices(
            Supplier<List<NotifySpec>> channels,
            Supplier<@Nullable RunRef> run,
            String pipeline,
            Consumer<String> failed) {
        this.channels = channels;
        this.run = run;
        this.pipeline = pipeline;
        this.failed = failed;
    }

    /** Sends notifications to all channels with this event; does not wait. */
    public void send(Event event, @Nullable String stage, String message, List<String> answers) {
        var info = Workflow.getInfo();
        number++;
        for (NotifySpec channel : channels.get()) {
            if (!channel.on().contains(event)) {
                continue;
            }
            Notice notice = new Notice(
                    info.getRunId() + "-" + number,
                    word(event),
                    Instant.ofEpochMilli(Workflow.currentTimeMillis()).toString(),
                    pipeline,
                    info.getWorkflowId(),
                    info.getRunId(),
                    stage,
                    message.length() <= LONGEST ? message : message.substring(0, LONGEST),
                    answers);
            sent.add(send(channel, notice));
        }
    }

    /** Waits until every notification is delivered or given up, even after the run was cancelled. */
    public void awaitAll() {
        if (!sent.isEmpty()) {
            Workflow.newDetachedCancellationScope(() -> Promise.allOf(sent).get())
                    .run();
            sent.clear();
        }
    }

    private Promise<Void> send(NotifySpec channel, Notice notice) {
        String name = channel.to() instanceof CommandSpec command
                ? command.name()
                : channel.to() instanceof ExtensionSpec.ForChannel own
                        ? own.extension().word()
                        : "webhook";
        NotifyActivities activities = StageStubs.activities(
                NotifyActivities.class, POLICY, TaskQueues.LIGHT, "tell %s: %s".formatted(name, notice.event()));
        List<Promise<Void>> sending = new ArrayList<>();
        Workflow.newDetachedCancellationScope(
                        () -> sending.add(Async.procedure(activities::tell, channel, notice, run.get())))
                .run();
        return sending.get(0).handle((done, failure) -> {
            if (failure != null) {
                failed.accept("%s could not be notified that it %s: %s"
                        .formatted(name, phrase(notice.event()), FailureCauses.message(failure)));
            }
            return null;
        });
    }

    private static String phrase(String event) {
        return event.equals("waiting") ? "waits" : event.equals("warned") ? "has a warning" : event;
    }

    private static String word(Event event) {
        return event.name().toLowerCase(Locale.ROOT);
    }
}
