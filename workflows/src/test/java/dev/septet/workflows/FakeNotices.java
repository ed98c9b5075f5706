package dev.septet.workflows;

import dev.septet.dsl.pipeline.CommandSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.workflows.notify.Notice;
import dev.septet.workflows.notify.NotifyActivities;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers who was told what. */
final class FakeNotices implements NotifyActivities {
    /** Each as {@code <way> <event>}. */
    final List<String> told = new CopyOnWriteArrayList<>();

    final List<Notice> notices = new CopyOnWriteArrayList<>();

    /** Nobody can be reached. */
    boolean broken;

    @Override
    public void tell(NotifySpec channel, Notice notice, @org.jspecify.annotations.Nullable RunRef run) {
        String name = channel.to() instanceof CommandSpec command ? command.name() : "webhook";
        told.add(name + " " + notice.event());
        notices.add(notice);
        if (broken) {
            throw FailureType.BACKEND_FAILED.of("the webhook answered 503");
        }
    }
}
